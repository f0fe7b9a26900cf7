/// The requests of a session that have no reply yet.
struct RunningRequests {
    private var tasks: [Int: Task<Void, Never>] = [:]

    var count: Int { tasks.count }
    var isEmpty: Bool { tasks.isEmpty }

    func contains(_ id: Int) -> Bool { tasks[id] != nil }

    mutating func add(_ id: Int, _ task: Task<Void, Never>) { tasks[id] = task }

    /// False where it was not running (any more).
    mutating func remove(_ id: Int) -> Bool { tasks.removeValue(forKey: id) != nil }

    /// Gives one request up; its reply still comes.
    /// - Returns: false where it does not run (any more).
    func cancel(_ id: Int) -> Bool {
        guard let task = tasks[id] else { return false }
        task.cancel()
        return true
    }

    mutating func cancelAll() {
        for task in tasks.values { task.cancel() }
        tasks = [:]
    }
}
