/// Keeps what a command prints, for a report.
final class GatheringScreen: Screen {
    private(set) var lines: [String] = []
    private let base: any Screen

    init(over base: any Screen) { self.base = base }

    func print(_ line: String) { lines.append(line) }
    func complain(_ line: String) { base.complain(line) }
    func flush() { base.flush() }
    func ask(_ question: String) -> String? { base.ask(question) }
    var isInteractive: Bool { base.isInteractive }
}
