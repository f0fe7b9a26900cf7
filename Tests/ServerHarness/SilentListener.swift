import Glibc

/// A TCP port that takes no connection: its queue is full and nobody accepts.
package final class SilentListener: Sendable {
    package let port: Int
    private let descriptors: [Int32]

    package init(address: String) throws {
        port = try freePort(on: address)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = UInt16(port).bigEndian
        inet_pton(AF_INET, address, &name.sin_addr)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        func open() -> Int32 { socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0) }
        var descriptors = [open()]
        let listening = withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard bind(descriptors[0], address, size) == 0, listen(descriptors[0], 0) == 0 else {
                    return false
                }
                for _ in 0..<8 {
                    descriptors.append(open())
                    connect(descriptors[descriptors.count - 1], address, size)
                }
                return true
            }
        }
        self.descriptors = descriptors
        guard listening else { throw HarnessError("cannot listen on \(address)", errno) }
    }

    deinit {
        for descriptor in descriptors { close(descriptor) }
    }
}
