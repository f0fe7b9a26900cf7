import Glibc
import Synchronization

/// Ends a connection's running call from another thread.
///
/// It owns a duplicate of the connection's descriptor: the library closes its own whenever it likes, and shutting
/// down a number that meanwhile means another file would hit a stranger. (`mariadb_cancel` has that race.)
final class Plug: Sendable {
    private let descriptor: Mutex<Int32>

    init(duplicating socket: Int32) {
        descriptor = Mutex(fcntl(socket, F_DUPFD_CLOEXEC, 0))
    }

    deinit { close() }

    /// Both directions end; a blocked call returns at once with an error.
    func pull() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    func close() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { Glibc.close(descriptor) }
            descriptor = -1
        }
    }
}
