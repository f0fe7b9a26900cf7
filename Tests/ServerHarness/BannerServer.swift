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
        guard TCPClient.withName(address, port, { bind(descriptor, $0, $1) }) == 0,
            listen(descriptor, 64) == 0
        else {
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

/// Accepts until the listening socket is shut down; each connection is kept until its client ends it.
private func greet(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let greeting = Unmanaged<Greeting>.fromOpaque(argument).takeRetainedValue()
    var watched = [pollfd(fd: greeting.descriptor, events: Int16(POLLIN), revents: 0)]
    var scratch = [UInt8](repeating: 0, count: 4096)
    while poll(&watched, nfds_t(watched.count), -1) > 0 {
        for ready in watched.dropFirst()
        where ready.revents != 0 && recv(ready.fd, &scratch, scratch.count, 0) <= 0 {
            close(ready.fd)
            watched.removeAll { $0.fd == ready.fd }
        }
        guard watched[0].revents != 0 else { continue }
        let client = accept(greeting.descriptor, nil, nil)
        if client < 0 { break }
        watched.append(pollfd(fd: client, events: Int16(POLLIN), revents: 0))
        send(client, greeting.line, greeting.line.utf8.count, Int32(MSG_NOSIGNAL))
    }
    for descriptor in watched { close(descriptor.fd) }
    return nil
}
