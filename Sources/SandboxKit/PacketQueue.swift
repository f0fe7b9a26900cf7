/// Packets on their way, and those rules that say how long they take.
///
/// Packets of one way stay in their order, as on a real line.
struct PacketQueue {
    /// Two IPv4 addresses: from, to.
    struct Way: Hashable {
        var source: UInt32
        var target: UInt32
    }

    struct Rule {
        /// In microseconds.
        var delay: Int
        var jitter: Int
        var loss: Double
    }

    var rules: [Way: Rule] = [:]
    private var waiting: [Way: [(due: Int, packet: [UInt8])]] = [:]
    private(set) var lost = 0

    /// When the next packet is due, in microseconds; nil where none waits.
    var next: Int? { waiting.values.compactMap { $0.first?.due }.min() }

    /// Takes a packet in at a time in microseconds; chance comes from `random`, from 0 up to 1.
    mutating func add(_ packet: [UInt8], at now: Int, random: () -> Double) {
        guard let way = Self.way(of: packet) else { return }
        guard let rule = rules[way] else {
            waiting[way, default: []].append((max(now, waiting[way]?.last?.due ?? 0), packet))
            return
        }
        if rule.loss > 0, random() < rule.loss {
            lost += 1
            return
        }
        let spread = rule.jitter == 0 ? 0 : Int((random() * 2 - 1) * Double(rule.jitter))
        let due = max(now + rule.delay + spread, waiting[way]?.last?.due ?? 0)
        waiting[way, default: []].append((due, packet))
    }

    /// Takes out what is due.
    mutating func take(at now: Int) -> [[UInt8]] {
        var ready: [[UInt8]] = []
        for way in waiting.keys {
            guard let list = waiting[way] else { continue }
            let count = list.prefix { $0.due <= now }.count
            guard count > 0 else { continue }
            ready += list.prefix(count).map(\.packet)
            waiting[way] = count == list.count ? nil : Array(list.dropFirst(count))
        }
        return ready
    }

    /// Nil for what is no IPv4 packet.
    static func way(of packet: [UInt8]) -> Way? {
        guard packet.count >= 20, packet[0] >> 4 == 4 else { return nil }
        func address(_ at: Int) -> UInt32 { packet[at..<at + 4].reduce(0) { $0 << 8 | UInt32($1) } }
        return Way(source: address(12), target: address(16))
    }
}
