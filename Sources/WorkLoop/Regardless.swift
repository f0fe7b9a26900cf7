/// Does `body` to its end, whatever becomes of who asked for it.
///
/// A cancelled task's calls are not answered and its waits end at once; what has begun a change here must finish it, or
/// leave half of it behind.
package func regardless<Value: Sendable, Failure: Error>(
    _ body: @escaping @Sendable () async throws(Failure) -> Value
) async throws(Failure) -> Value {
    try await Task.detached(executorPreference: WorkLoop.current) { () async -> Result<Value, Failure> in
        do throws(Failure) {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }.value.get()
}
