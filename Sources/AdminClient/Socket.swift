import Glibc

/// A TCP connection that never blocks; closed when the last user lets go of it.
final class Socket {
    let descriptor: Int32

    /// Tries each address of the host in turn.
    init(to endpoint: Endpoint, by deadline: Deadline, _ interrupt: Interrupt?) throws(StreamFailure) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG
        var found: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(endpoint.address, String(endpoint.port), &hints, &found)
        guard result == 0 else { throw .unknownHost(String(cString: gai_strerror(result))) }
        defer { freeaddrinfo(found) }

        var failure = StreamFailure.unknownHost("no address")
        var next = found
        while let address = next?.pointee {
            next = address.ai_next
            do throws(StreamFailure) {
                descriptor = try Self.connect(address, deadline, interrupt)
                return
            } catch {
                failure = error
                if error == .interrupted || error == .timedOut { break }
            }
        }
        throw failure
    }

    deinit { close(descriptor) }

    private static func connect(
        _ address: addrinfo, _ deadline: Deadline, _ interrupt: Interrupt?
    ) throws(StreamFailure) -> Int32 {
        let kind = address.ai_socktype | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.ai_family, kind, 0)
        guard descriptor >= 0 else { throw .system(errno) }
        do throws(StreamFailure) {
            if Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) != 0 {
                guard errno == EINPROGRESS else { throw .system(errno) }
                try deadline.wait(descriptor, POLLOUT, interrupt)
                var problem: Int32 = 0
                var size = socklen_t(MemoryLayout<Int32>.size)
                getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &problem, &size)
                guard problem == 0 else { throw .system(problem) }
            }
        } catch {
            close(descriptor)
            throw error
        }
        // Requests are small and waited for: never held back to be joined with others.
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        // Copies take hours: a host that is gone is known after a minute.
        setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &one, socklen_t(MemoryLayout<Int32>.size))
        for (option, value) in [(TCP_KEEPIDLE, 30), (TCP_KEEPINTVL, 10), (TCP_KEEPCNT, 3)] as [(Int32, Int32)]
        {
            var value = value
            setsockopt(descriptor, Int32(IPPROTO_TCP), option, &value, socklen_t(MemoryLayout<Int32>.size))
        }
        return descriptor
    }
}
