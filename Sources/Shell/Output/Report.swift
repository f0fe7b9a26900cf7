import AdminProtocol
import ClusterModel

/// What one command has told, put together for a program: `docs/json.md`, version 1.
struct Report: Encodable {
    /// Grows when a member changes its meaning; new members do not count.
    static let version = 1

    var schema = Report.version
    var command: String
    var site: SiteName?
    /// The exit status of the command alone.
    var status: Int32 = 0
    /// The answer of a command that reads; of one that has only text its lines.
    var result: JSONValue?
    /// How a command that changes ended.
    var outcome: ReportedOutcome?
    var error: ReportedError?

    /// The report's line.
    func line() throws(Refusal) -> String {
        String(decoding: try FrameCodec.encode(self), as: UTF8.self)
    }
}

/// What came of a command that changes something.
struct ReportedOutcome: Encodable {
    /// Lines that came while it ran.
    var steps: [String] = []
    /// The lines of its end.
    var lines: [String] = []
    /// False where something is left to do: the lines say what.
    var complete = true
    /// The operation in the journal.
    var operation: String?
}

/// Why a command was not done.
struct ReportedError: Encodable {
    var code: Int
    var name: String
    var message: String
    var hint: String?
    /// The word that is wrong: offsets into the command's UTF-8.
    var from: Int?
    var to: Int?

    init(_ refusal: Refusal, at place: Range<Int>? = nil) {
        code = refusal.code.rawValue
        name = String(describing: refusal.code)
        message = refusal.message
        hint = refusal.hint
        from = place?.lowerBound
        to = place?.upperBound
    }
}

/// One step of a running operation (`--events`).
struct ReportedStep: Encodable {
    var schema = Report.version
    var event = "step"
    var command: String
    var site: SiteName?
    /// Counted from 1 within the command.
    var number: Int
    /// Milliseconds since 1970, by this machine's clock.
    var at: WallTime
    var line: String
}
