import Testing

@testable import SandboxKit

@Suite struct PacketQueueTests {
    private static let way = PacketQueue.Way(source: 0xC612_0101, target: 0xC612_0102)

    /// A packet from 198.18.1.1 to 198.18.1.2.
    private func packet(_ mark: UInt8, to last: UInt8 = 2) -> [UInt8] {
        [0x45, 0, 0, 21] + [UInt8](repeating: 0, count: 8) + [198, 18, 1, 1, 198, 18, 1, last, mark]
    }

    @Test func `a packet is due after its delay, and no other way is held up`() {
        var queue = PacketQueue()
        queue.rules[Self.way] = .init(delay: 5000, jitter: 0, loss: 0)
        queue.add(packet(1), at: 100) { 0.5 }
        queue.add(packet(2, to: 3), at: 200) { 0.5 }
        #expect(queue.next == 200)
        #expect(queue.take(at: 200) == [packet(2, to: 3)])
        #expect(queue.take(at: 5099).isEmpty)
        #expect(queue.next == 5100)
        #expect(queue.take(at: 5100) == [packet(1)])
        #expect(queue.next == nil)
    }

    @Test func `jitter changes no order`() {
        var queue = PacketQueue()
        queue.rules[Self.way] = .init(delay: 5000, jitter: 2000, loss: 0)
        queue.add(packet(1), at: 0) { 0.99 }
        queue.add(packet(2), at: 1) { 0 }
        #expect(queue.take(at: 6900).isEmpty)
        #expect(queue.take(at: 7000) == [packet(1), packet(2)])
    }

    @Test func `the share that is lost is lost`() {
        var queue = PacketQueue()
        queue.rules[Self.way] = .init(delay: 0, jitter: 0, loss: 0.25)
        queue.add(packet(1), at: 0) { 0.2 }
        queue.add(packet(2), at: 0) { 0.3 }
        #expect(queue.take(at: 0) == [packet(2)])
        #expect(queue.lost == 1)
    }

    @Test func `what is no packet of this kind is dropped`() {
        var queue = PacketQueue()
        queue.add([], at: 0) { 0 }
        queue.add([0x60] + [UInt8](repeating: 0, count: 40), at: 0) { 0 }
        #expect(queue.next == nil)
    }
}

@Suite struct WireSettingTests {
    @Test func `times and shares are read with their units`() throws {
        #expect(try WireSetting.microseconds("50ms") == 50_000)
        #expect(try WireSetting.microseconds("50") == 50_000)
        #expect(try WireSetting.microseconds("0.5s") == 500_000)
        #expect(try WireSetting.microseconds("800us") == 800)
        #expect(try WireSetting.share("5%") == 0.05)
        #expect(try WireSetting.share("0") == 0)
        for text in ["", "ms", "-1ms", "61s", "fast", "5%"] {
            #expect(throws: SandboxError.self) { try WireSetting.microseconds(text) }
        }
        for text in ["", "%", "101%", "-1", "half"] {
            #expect(throws: SandboxError.self) { try WireSetting.share(text) }
        }
    }
}
