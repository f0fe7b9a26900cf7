import AdminProtocol
import COpenSSL
import Glibc

/// One TLS connection: looks blocking, and every wait has a deadline and can be broken off.
final class TLSStream {
    private let context: TLSContext
    private let socket: Socket
    private let ssl: OpaquePointer
    /// How a person ends a wait.
    var interrupt: Interrupt?
    private var buffer: [UInt8] = []
    /// The other side closed, or TLS failed; after a wait that merely ended the connection still stands.
    private var isBroken = false

    /// Connects, shakes hands, and checks that the certificate is the host's.
    init(
        _ context: TLSContext, to endpoint: Endpoint, by deadline: Deadline, _ interrupt: Interrupt?
    ) throws(StreamFailure) {
        let socket = try Socket(to: endpoint, by: deadline, interrupt)
        guard let ssl = SSL_new(context.pointer) else { throw .drain() }
        self.context = context
        self.socket = socket
        self.ssl = ssl
        self.interrupt = interrupt
        SSL_set_hostflags(ssl, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        guard SSL_set_fd(ssl, socket.descriptor) == 1, copenssl_set_server_name(ssl, endpoint.host) == 1,
            SSL_set1_host(ssl, endpoint.host) == 1
        else { throw .drain() }
        _ = try drive(deadline) { SSL_connect(ssl) }
        try checkProtocol()
    }

    deinit {
        SSL_shutdown(ssl)
        SSL_free(ssl)
    }

    /// Whether the other side still holds the connection, as far as can be seen without asking.
    var isOpen: Bool {
        if isBroken { return false }
        var watched = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&watched, 1, 0) > 0 else { return true }
        var byte: UInt8 = 0
        ERR_clear_error()
        let count = SSL_peek(ssl, &byte, 1)
        return count > 0 || SSL_get_error(ssl, count) == SSL_ERROR_WANT_READ
    }

    /// To watch for what comes.
    var descriptor: Int32 { socket.descriptor }

    func write(_ bytes: [UInt8], by deadline: Deadline) throws(StreamFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            do throws(StreamFailure) {
                let count = try drive(deadline) {
                    rest.withUnsafeBytes { SSL_write(ssl, $0.baseAddress, Int32(clamping: $0.count)) }
                }
                rest = rest.dropFirst(Int(count))
            } catch {
                throw lastWords() ?? error
            }
        }
    }

    /// The alert that a server sent before it closed: it may wait unread when a write fails.
    private func lastWords() -> StreamFailure? {
        guard isBroken else { return nil }
        var byte: UInt8 = 0
        ERR_clear_error()
        let count = SSL_read(ssl, &byte, 1)
        guard count <= 0, SSL_get_error(ssl, count) == SSL_ERROR_SSL else { return nil }
        let failure = StreamFailure.drain(verifyResult: SSL_get_verify_result(ssl))
        if case .alert = failure { return failure }
        return nil
    }

    /// The next line, without its line feed.
    func readLine(by deadline: Deadline) throws(StreamFailure) -> [UInt8] {
        var searched = 0
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(buffer[..<end])
                buffer.removeSubrange(...end)
                return line
            }
            searched = buffer.count
            guard searched <= ProtocolLimits.replyBytes else { throw .notOurs }
            let count = try drive(deadline) {
                chunk.withUnsafeMutableBytes { SSL_read(ssl, $0.baseAddress, Int32($0.count)) }
            }
            buffer += chunk[..<Int(count)]
        }
    }

    /// A line that has come, without waiting; nil where none is complete.
    func takeLine() throws(StreamFailure) -> [UInt8]? {
        do throws(StreamFailure) {
            return try readLine(by: Deadline(milliseconds: 0))
        } catch .timedOut {
            return nil
        }
    }

    /// Repeats one OpenSSL call until it has done something.
    private func drive(_ deadline: Deadline, _ call: () -> Int32) throws(StreamFailure) -> Int32 {
        while true {
            // The queue is the thread's: an old entry would be taken for this call's.
            ERR_clear_error()
            let result = call()
            let systemError = errno
            if result > 0 { return result }
            switch SSL_get_error(ssl, result) {
            case SSL_ERROR_WANT_READ: try deadline.wait(socket.descriptor, POLLIN, interrupt)
            case SSL_ERROR_WANT_WRITE: try deadline.wait(socket.descriptor, POLLOUT, interrupt)
            case let code:
                isBroken = true
                throw failure(code, systemError)
            }
        }
    }

    private func failure(_ code: Int32, _ systemError: Int32) -> StreamFailure {
        switch code {
        case SSL_ERROR_ZERO_RETURN: .closed
        case SSL_ERROR_SYSCALL: systemError == 0 ? .closed : .system(systemError)
        default: .drain(verifyResult: SSL_get_verify_result(ssl))
        }
    }

    /// A server without our protocol's name is some other server of the same authority.
    private func checkProtocol() throws(StreamFailure) {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &name, &count)
        let chosen = UnsafeBufferPointer(start: name, count: Int(count))
        guard chosen.elementsEqual(ProtocolLimits.alpn.utf8) else { throw .notOurs }
    }
}
