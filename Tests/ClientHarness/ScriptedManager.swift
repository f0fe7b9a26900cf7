import COpenSSL
import Glibc
import ServerHarness
import Synchronization

/// A TLS server that answers each line as a test wants, on a port of its own.
package final class ScriptedManager: Sendable {
    /// What to do with a line that came.
    package enum Answer: Sendable {
        case lines([String])
        case silence
        case close
    }

    /// Its certificate, whom it trusts, what it speaks.
    package struct Setup: Sendable {
        package var certificate: String
        package var key: String
        package var authority: String
        package var alpn = "cctrl/1"

        /// The host of `certificates`, which trusts the cluster's own clients.
        package init(_ certificates: TestCertificates, host: String = "host") {
            certificate = certificates.path(host)
            key = certificates.key(host)
            authority = certificates.authority
        }
    }

    package let port: Int
    private let work: Work

    /// - Parameters:
    ///   - last: the last number of the address, 127.0.0.1 unless given.
    ///   - port: a free one unless given.
    ///   - answer: gets each line of a connection and its number, counted from 1.
    package init(
        _ setup: Setup, last: UInt8 = 1, port: Int = 0,
        answer: @escaping @Sendable (_ line: String, _ number: Int) -> Answer
    ) throws {
        let (listener, port) = try Self.listen(last: last, port: port)
        self.port = port
        work = Work(
            listener: listener, context: try Self.context(setup), alpn: setup.alpn, answer: answer)
        let box = Unmanaged.passRetained(work)
        var thread = pthread_t()
        pthread_create(&thread, nil, serve, box.toOpaque())
        pthread_detach(thread)
    }

    deinit { stop() }

    /// Ends it as a killed program ends: nobody listens any more, and every connection breaks.
    package func stop() { work.stop() }

    /// A listener on 127.0.0.1, or on another address of that net.
    ///
    /// A port that was given may still be closing.
    package static func listen(last: UInt8 = 1, port: Int = 0) throws -> (descriptor: Int32, port: Int) {
        for _ in 0..<1000 where port != 0 {
            if let listener = tryListening(last, port) { return listener }
            usleep(10_000)
        }
        if let listener = tryListening(last, port) { return listener }
        throw HarnessError("cannot listen", errno)
    }

    private static func tryListening(_ last: UInt8, _ port: Int) -> (descriptor: Int32, port: Int)? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = (UInt32(0x7F00_0000) + UInt32(last)).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let done = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && Glibc.listen(descriptor, 8) == 0
                    && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard done else {
            close(descriptor)
            return nil
        }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    private static func context(_ setup: Setup) throws -> OpaquePointer {
        signal(SIGPIPE, SIG_IGN)
        guard let context = SSL_CTX_new(TLS_server_method()),
            SSL_CTX_use_certificate_chain_file(context, setup.certificate) == 1,
            SSL_CTX_use_PrivateKey_file(context, setup.key, SSL_FILETYPE_PEM) == 1,
            SSL_CTX_load_verify_file(context, setup.authority) == 1
        else { throw HarnessError("cannot set up TLS") }
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        return context
    }
}

private final class Work: @unchecked Sendable {
    let listener: Int32
    /// Reference counted by OpenSSL; set up before the first connection.
    let context: OpaquePointer
    /// Length-prefixed, as TLS writes it.
    let alpn: [UInt8]
    let answer: @Sendable (String, Int) -> ScriptedManager.Answer
    /// Connections that stand; nil once it was stopped.
    private let clients = Mutex<Set<Int32>?>([])

    init(
        listener: Int32, context: OpaquePointer, alpn: String,
        answer: @escaping @Sendable (String, Int) -> ScriptedManager.Answer
    ) {
        self.listener = listener
        self.context = context
        self.alpn = [UInt8(alpn.utf8.count)] + Array(alpn.utf8)
        self.answer = answer
    }

    func serveAll() {
        SSL_CTX_set_alpn_select_cb(
            context,
            { _, chosen, length, offered, count, argument in
                guard let argument, let chosen, let length else { return SSL_TLSEXT_ERR_NOACK }
                let work = Unmanaged<Work>.fromOpaque(argument).takeUnretainedValue()
                var found: UnsafeMutablePointer<UInt8>?
                let result = SSL_select_next_proto(
                    &found, length, work.alpn, UInt32(work.alpn.count), offered, count)
                guard result == OPENSSL_NPN_NEGOTIATED else { return SSL_TLSEXT_ERR_NOACK }
                chosen.pointee = UnsafePointer(found)
                return SSL_TLSEXT_ERR_OK
            }, Unmanaged.passUnretained(self).toOpaque())
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { break }
            // Programs that tests start in the meantime must not hold the connection too.
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            guard clients.withLock({ $0?.insert(client) }) != nil else {
                close(client)
                break
            }
            let box = Unmanaged.passRetained(Visit(work: self, client: client))
            var thread = pthread_t()
            pthread_create(&thread, nil, visit, box.toOpaque())
            pthread_detach(thread)
        }
        close(listener)
    }

    deinit { SSL_CTX_free(context) }

    func stop() {
        clients.withLock { all in
            guard let open = all else { return }
            open.forEach { _ = shutdown($0, Int32(SHUT_RDWR)) }
            shutdown(listener, Int32(SHUT_RDWR))
            all = nil
        }
    }

    fileprivate func serve(_ client: Int32) {
        serveOne(client)
        _ = clients.withLock { $0?.remove(client) }
        close(client)
    }

    private func serveOne(_ client: Int32) {
        guard let ssl = SSL_new(context) else { return }
        defer { SSL_free(ssl) }
        SSL_set_fd(ssl, client)
        guard SSL_accept(ssl) == 1 else { return }
        var buffer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        var number = 0
        while true {
            let count = SSL_read(ssl, &chunk, Int32(chunk.count))
            guard count > 0 else { return }
            buffer += chunk[..<Int(count)]
            while let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeSubrange(...end)
                number += 1
                switch answer(line, number) {
                case .silence: continue
                case .close:
                    SSL_shutdown(ssl)
                    return
                case .lines(let lines):
                    let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
                    guard SSL_write(ssl, bytes, Int32(bytes.count)) > 0 else { return }
                }
            }
        }
    }
}

/// One connection.
private final class Visit {
    let work: Work
    let client: Int32

    init(work: Work, client: Int32) {
        self.work = work
        self.client = client
    }
}

private func visit(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let visit = Unmanaged<Visit>.fromOpaque(argument).takeRetainedValue()
    visit.work.serve(visit.client)
    return nil
}

private func serve(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().serveAll()
    return nil
}
