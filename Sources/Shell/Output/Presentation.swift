/// How a command's answer is shown: in the classic form, or for programs.
package struct Presentation: Hashable, Sendable {
    /// One JSON object a command, on one line (`--json`).
    package var json: Bool
    /// Each step of an operation as a JSON object on a line of its own, as it comes (`--events`).
    package var events: Bool
    /// Only these fields of each row (`--fields`); nil for all.
    package var fields: [String]?

    package init(json: Bool = false, events: Bool = false, fields: [String]? = nil) {
        self.json = json
        self.events = events
        self.fields = fields
    }

    /// The same with what one command's options say.
    func with(_ options: [String: String]) -> Presentation {
        var copy = self
        if options["--json"] != nil { copy.json = true }
        if options["--events"] != nil {
            copy.json = true
            copy.events = true
        }
        if let list = options["--fields"] { copy.fields = Self.names(list) }
        return copy
    }

    /// `name,role` as names.
    package static func names(_ list: String) -> [String] {
        list.split(separator: ",").map { String($0.drop { $0 == " " }) }
    }
}

/// How much a session tells of its operations (`set output`); the words are the classic ones.
package enum OutputLevel: String, CaseIterable, Comparable, Sendable {
    /// Refusals only.
    case off
    /// The outcome's last line.
    case summary
    /// Steps and outcome.
    case normal
    /// The same, each line after its time.
    case detailed
    /// And which requests were sent.
    case debug
    /// And what was in them.
    case diag

    /// What it tells, in one line.
    var note: String {
        switch self {
        case .off: "refusals only"
        case .summary: "the last line of each outcome"
        case .normal: "steps and outcome"
        case .detailed: "each line after its time"
        case .debug: "and which requests were sent"
        case .diag: "and what was in them"
        }
    }

    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
