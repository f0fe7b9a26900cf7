/// Fences of one server, counted so that who opens it sees whether one came between.
struct FenceCount: Equatable {
    private var begun = 0
    private var running = 0

    mutating func begin() {
        begun += 1
        running += 1
    }

    mutating func end() { running -= 1 }

    /// Whether a fence has run at any time since `before`, one that ran then included.
    func hasRun(since before: FenceCount) -> Bool {
        begun != before.begun || running > 0 || before.running > 0
    }
}
