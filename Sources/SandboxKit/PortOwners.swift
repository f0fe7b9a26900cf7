import Glibc

/// Who listens where on this machine.
struct PortOwners {
    private var listeners: [(address: String, port: Int, inode: String)] = []

    init() {
        for line in (Files.text("/proc/net/tcp") ?? "").split(separator: "\n").dropFirst() {
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[3] == "0A", let local = Self.address(fields[1]) else { continue }
            listeners.append((local.address, local.port, String(fields[9])))
        }
        for line in (Files.text("/proc/net/tcp6") ?? "").split(separator: "\n").dropFirst() {
            let fields = line.split(separator: " ")
            // Only listeners on every address matter here: they take IPv4 connections too.
            guard fields.count > 9, fields[3] == "0A", fields[1].hasPrefix(String(repeating: "0", count: 32)),
                let port = Int(fields[1].suffix(4), radix: 16)
            else { continue }
            listeners.append(("0.0.0.0", port, String(fields[9])))
        }
    }

    /// A sentence's part on who holds the port, such as `haproxy (pid 12: haproxy -f x)`; nil where it is free.
    func owner(of address: String, _ port: Int) -> String? {
        let found = listeners.first {
            $0.port == port && ($0.address == address || $0.address == "0.0.0.0")
        }
        guard let found else { return nil }
        let link = "socket:[\(found.inode)]"
        for name in Files.names(in: "/proc") ?? [] {
            guard let pid = pid_t(name), let words = ProcessTable.commandLine(pid) else { continue }
            for descriptor in Files.names(in: "/proc/\(pid)/fd") ?? [] {
                var buffer = [CChar](repeating: 0, count: 64)
                let count = readlink("/proc/\(pid)/fd/\(descriptor)", &buffer, 63)
                guard count > 0, String(decoding: buffer[..<count].map(UInt8.init), as: UTF8.self) == link
                else {
                    continue
                }
                return "pid \(pid), \(words.joined(separator: " ").prefix(120))"
            }
        }
        return "a process of another user"
    }

    /// The kernel prints `0100017F:0CEA`, the address in the machine's byte order.
    private static func address(_ field: Substring) -> (address: String, port: Int)? {
        let parts = field.split(separator: ":")
        guard parts.count == 2, let raw = UInt32(parts[0], radix: 16), let port = Int(parts[1], radix: 16)
        else {
            return nil
        }
        let bytes = withUnsafeBytes(of: raw) { Array($0) }
        return (bytes.map(String.init).joined(separator: "."), port)
    }
}
