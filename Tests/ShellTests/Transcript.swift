import AdminProtocol
import ClusterModel
import CommandGrammar
import Shell

/// A session written down: lines as typed at a prompt, and what came of each.
///
/// `# text` is for the reader. `! words` prepares the fake cluster (see `TranscriptStage`). A line that begins
/// with `east1> ` is typed; one that ends with ` ?` or is typed as `?` alone shows what `?` answers there.
/// Everything else is output; `(status N)` stands after a command that did not end with 0.
struct Transcript {
    /// Commands that were found in it, as command and pattern.
    private(set) var covered: Set<[Int]> = []
    private static let prompt = "east1> "

    /// The same file with what comes out now.
    mutating func renewed(_ text: String) throws -> String {
        var lines: [String] = []
        var stage: TranscriptStage?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if line.hasPrefix("#") {
                if line.hasPrefix("# --"), !lines.isEmpty { stage = nil }
                if lines.last?.isEmpty == false, !(lines.last?.hasPrefix("#") ?? false) { lines.append("") }
                lines.append(line)
            } else if line.hasPrefix("! ") {
                let present = try stage ?? TranscriptStage()
                stage = present
                try present.prepare(line)
                lines.append(line)
            } else if line.hasPrefix(Self.prompt) {
                let present = try stage ?? TranscriptStage()
                stage = present
                let typed = String(line.dropFirst(Self.prompt.count))
                note(typed, present.stage.session)
                lines.append(line)
                lines += present.run(typed)
            }
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines.joined(separator: "\n") + "\n"
    }

    private mutating func note(_ typed: String, _ session: Session) {
        for statement in Tokenizer.statements(typed) {
            if session.mode != .physical, let match = try? session.grammar.match(statement) {
                covered.insert([match.entry, match.pattern])
            }
        }
    }
}

/// The fake cluster of one scene of a transcript.
final class TranscriptStage {
    let stage: Stage
    private let output = Paper()

    init() throws {
        let east = FakeManager(try Sample.site("east"))
        let west = FakeManager(try Sample.site("west"))
        east.others = try Sample.answers("east")
        for index in east.status.dataSources.indices {
            let host = east.status.dataSources[index].name
            let routed = [east.status.dataSources[0].name: ConnectionCounts(created: 12, active: index)]
            let report = try Sample.report(host, routed)
            east.status.dataSources[index].report = report
        }
        west.others = try Sample.answers("west")
        stage = Stage(output, east, west)
        stage.session.time = .utc
        stage.session.clock = { WallTime(milliseconds: 1_735_831_891_000) }
    }

    /// A preparation that no transcript knows.
    struct UnknownWords: Error { var line: String }

    /// `! state east2 SHUNNED why`, `! server east2 STOPPED`, `! manager east2 STOPPED`, `! silent east2` (its
    /// replicator), `! router east2 OFFLINE`, `! policy MANUAL`, `! old 12.5` (no majority, seconds), `! expert`,
    /// `! person`, `! answer y`; for the next command `! step text`, `! outcome text`, `! left` (something is left
    /// to do), `! refuse 3002 sentence | hint`.
    func prepare(_ line: String) throws {
        let words = line.dropFirst(2).split(separator: " ", maxSplits: 3).map(String.init)
        func text(after count: Int) -> String {
            line.dropFirst(2).split(separator: " ", maxSplits: count).dropFirst(count).first.map(String.init)
                ?? ""
        }
        let east = stage.east
        let place =
            words.count > 1 ? east.status.dataSources.firstIndex { $0.name.description == words[1] } : nil
        switch (words.first, place) {
        case ("state", let index?):
            guard let state = DataSourceState(rawValue: words[2]) else { throw UnknownWords(line: line) }
            east.status.dataSources[index].state = state
            east.status.dataSources[index].reason = text(after: 3)
            east.status.dataSources[index].alert =
                [.online: .ok, .offline: .warn, .failed: .critical, .shunned: .shunned][state] ?? .unknown
            if state == .failed { east.status.dataSources[index].alertMessage = text(after: 3) }
        case ("server", let index?):
            east.status.dataSources[index].server = ComponentState(rawValue: words[2]) ?? .unknown
        case ("manager", let index?):
            east.status.dataSources[index].manager = ComponentState(rawValue: words[2]) ?? .unknown
        case ("silent", let index?): east.status.dataSources[index].replicator = nil
        case ("router", let index?):
            east.status.routers[index].state = ComponentState(rawValue: words[2]) ?? .unknown
        case ("policy", _): east.status.policy = Policy(rawValue: words[1]) ?? .automatic
        case ("old", _):
            east.status.quorum = false
            east.status.age = Double(words[1]) ?? 0
        case ("expert", _): stage.session.isExpert = true
        case ("person", _): output.isInteractive = true
        case ("answer", _): output.answers.append(text(after: 1))
        case ("step", _): east.progress.append(text(after: 1))
        case ("outcome", _): east.outcome.lines.append(text(after: 1))
        case ("left", _): east.outcome.complete = false
        case ("refuse", _):
            let parts = text(after: 2).split(separator: " | ", maxSplits: 1).map(String.init)
            east.refusal = Refusal(
                ReplyCode(wireCode: Int(words[1]) ?? 0), parts[0], hint: parts.count > 1 ? parts[1] : nil)
        default: throw UnknownWords(line: line)
        }
    }

    /// What comes of a typed line.
    func run(_ typed: String) -> [String] {
        output.lines = []
        if typed.hasSuffix("?"), typed != "?", !typed.hasPrefix("? ") {
            let line = String(typed.dropLast())
            let list = stage.session.expectations(line, cursor: line.utf8.count)
            let column = (list.map(\.word.count).max() ?? 0) + 2
            return list.map {
                "  " + $0.word + String(repeating: " ", count: column - $0.word.count) + $0.note
            }
        }
        let status = SessionLoop.script(stage.session, FakeLines([typed]))
        stage.east.progress = []
        stage.east.outcome = Outcome(lines: [])
        stage.east.refusal = nil
        return output.lines + (status == 0 ? [] : ["(status \(status))"])
    }
}

/// Output and complaints on one sheet, as a terminal has them.
final class Paper: Screen {
    var lines: [String] = []
    var answers: [String] = []
    var isInteractive = false

    func print(_ line: String) { lines.append(line) }
    func complain(_ line: String) { lines.append(line) }
    func flush() {}
    func ask(_ question: String) -> String? {
        guard !answers.isEmpty else { return nil }
        let answer = answers.removeFirst()
        lines.append(question + answer)
        return answer
    }
}
