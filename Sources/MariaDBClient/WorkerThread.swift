import Glibc

/// One thread that runs what it is given, in order: blocking in it blocks nothing else.
///
/// The client library's calls block, so each session has such a thread of its own.
final class WorkerThread: @unchecked Sendable {
    // Unchecked: `jobs` and `stopped` are touched only between lock and unlock.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var jobs: [@Sendable () -> Void] = []
    private var stopped = false

    /// - Throws: `MariaDBError` where the system refuses another thread.
    init() throws(MariaDBError) {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(wake, nil)
        var thread = pthread_t()
        let running = Unmanaged.passRetained(self)
        let status = pthread_create(&thread, nil, workerBody, running.toOpaque())
        guard status == 0 else {
            running.release()
            throw MariaDBError(
                .cancelled, "cannot start a thread for the connection: \(String(cString: strerror(status)))")
        }
        pthread_detach(thread)
    }

    deinit {
        pthread_cond_destroy(wake)
        pthread_mutex_destroy(mutex)
        wake.deallocate()
        mutex.deallocate()
    }

    func run(_ job: @escaping @Sendable () -> Void) {
        pthread_mutex_lock(mutex)
        jobs.append(job)
        pthread_cond_signal(wake)
        pthread_mutex_unlock(mutex)
    }

    /// Lets the thread end after what it was given.
    func stop() {
        pthread_mutex_lock(mutex)
        stopped = true
        pthread_cond_signal(wake)
        pthread_mutex_unlock(mutex)
    }

    fileprivate func loop() {
        while true {
            pthread_mutex_lock(mutex)
            while jobs.isEmpty && !stopped { pthread_cond_wait(wake, mutex) }
            let batch = jobs
            jobs.removeAll(keepingCapacity: true)
            pthread_mutex_unlock(mutex)
            if batch.isEmpty { return }
            for job in batch { job() }
        }
    }
}

/// The thread's life.
///
/// Signals are left to the program's other threads; a write to a closed connection under TLS would otherwise
/// raise SIGPIPE here.
private func workerBody(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, nil)
    Unmanaged<WorkerThread>.fromOpaque(argument).takeRetainedValue().loop()
    return nil
}
