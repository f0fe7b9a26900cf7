import Glibc
import Synchronization

/// A TCP server that greets with one line and keeps the connection: stands for a database behind a router.
package final class BannerServer: Sendable {
    private let descriptor: Int32

    /// Listens from now on; `text` is sent to everyone who connects.
    package init(address: String, port: Int, text: String) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.descriptor = descriptor
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard TCPClient.withName(address, port, { bind(descriptor, $0, $1) }) == 0, listen(descriptor, 64) == 0 else {
            throw HarnessError("cannot listen on \(address):\(port)", errno)
        }
        let box = Unmanaged.passRetained(Greeting(descriptor: descriptor, line: text + "\n"))
        var thread = pthread_t()
        pthread_create(&thread, nil, greet, box.toOpaque())
        pthread_detach(thread)
    }

    deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }
}

private final class Greeting {
    let descriptor: Int32
    let line: String

    init(descriptor: Int32, line: String) {
        self.descriptor = descriptor
        self.line = line
    }
}

/// Accepts until the listening socket is shut down; connections are kept until then.
private func greet(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let greeting = Unmanaged<Greeting>.fromOpaque(argument).takeRetainedValue()
    var clients: [Int32] = []
    while case let client = accept(greeting.descriptor, nil, nil), client >= 0 {
        clients.append(client)
        send(client, greeting.line, greeting.line.utf8.count, Int32(MSG_NOSIGNAL))
    }
    for descriptor in clients + [greeting.descriptor] { close(descriptor) }
    return nil
}
