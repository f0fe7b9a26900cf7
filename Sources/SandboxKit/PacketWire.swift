import Glibc

/// A line that takes time and loses packets: a network device whose other end is this process.
///
/// What a kernel's `netem` does, where the kernel has none. The file of settings is read again when it changes; the
/// process ends when it is gone.
package struct PacketWire {
    /// The device's name in the namespace where this runs.
    static let device = "wire"

    private let device: Int32
    private let settings: String
    private var queue = PacketQueue()
    private var version = timespec()

    package init(settings: String) throws {
        self.settings = settings
        device = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK)
        guard device >= 0 else { throw SandboxError.system("open /dev/net/tun") }
        // struct ifreq: sixteen bytes of name, then flags; IFF_TUN | IFF_NO_PI.
        var request = [UInt8](repeating: 0, count: 40)
        for (index, byte) in Self.device.utf8.enumerated() { request[index] = byte }
        request[16] = 0x01
        request[17] = 0x10
        let setInterface: UInt = 0x4004_54CA
        guard ioctl(device, setInterface, &request) == 0 else {
            let error = SandboxError.system("make a network device")
            close(device)
            throw error
        }
    }

    /// Carries packets until the settings are gone.
    package mutating func run() {
        var packet = [UInt8](repeating: 0, count: 65_536)
        while readSettings() {
            var event = pollfd(fd: device, events: Int16(POLLIN), revents: 0)
            let wait = queue.next.map { max(0, min(100_000, $0 - Self.now)) } ?? 100_000
            if poll(&event, 1, Int32((wait + 999) / 1000)) > 0 {
                // A burst at a time, so that what is due is not late.
                for _ in 0..<64 {
                    let count = read(device, &packet, packet.count)
                    guard count > 0 else { break }
                    queue.add(Array(packet[..<count]), at: Self.now) { Double.random(in: 0..<1) }
                }
            }
            for one in queue.take(at: Self.now) {
                // A packet that the kernel does not take is lost, as packets are.
                _ = one.withUnsafeBytes { write(device, $0.baseAddress, $0.count) }
            }
        }
        close(device)
    }

    /// - Returns: false where there are none any more.
    private mutating func readSettings() -> Bool {
        var info = stat()
        guard stat(settings, &info) == 0 else { return false }
        guard info.st_mtim.tv_sec != version.tv_sec || info.st_mtim.tv_nsec != version.tv_nsec else {
            return true
        }
        version = info.st_mtim
        queue.rules = [:]
        for line in (Files.text(settings) ?? "").split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 5, let source = Self.address(words[0]), let target = Self.address(words[1]),
                let delay = Int(words[2]), let jitter = Int(words[3]), let loss = Double(words[4])
            else { continue }
            queue.rules[.init(source: source, target: target)] = .init(
                delay: delay, jitter: jitter, loss: loss)
        }
        return true
    }

    private static func address(_ text: String) -> UInt32? {
        var raw = in_addr()
        return inet_pton(AF_INET, text, &raw) == 1 ? UInt32(bigEndian: raw.s_addr) : nil
    }

    /// Microseconds of a clock that only goes forward.
    private static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
    }
}
