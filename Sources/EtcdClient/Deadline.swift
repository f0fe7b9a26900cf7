import WorkLoop

/// The time given to `withDeadline` is over.
struct DeadlinePassed: Error {}

/// Runs `body`, and cancels it when `limit` is over.
/// - Throws: `DeadlinePassed`, or what `body` throws.
func withDeadline<Value: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit, clock: .loop)
            throw DeadlinePassed()
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw DeadlinePassed() }
        return first
    }
}
