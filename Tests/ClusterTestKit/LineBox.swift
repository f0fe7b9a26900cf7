import Synchronization

/// Lines that come from anywhere.
package final class LineBox: Sendable {
    private let held = Mutex<[String]>([])

    package init() {}

    package func add(_ line: String) { held.withLock { $0.append(line) } }

    package var lines: [String] { held.withLock { $0 } }
}
