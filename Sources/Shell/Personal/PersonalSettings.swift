import CommandGrammar

/// What a person has set in `~/.cctrlrc`: `alias NAME = COMMANDS` and `set NAME VALUE`, one a line.
///
/// Only shells at a terminal read it: a script does the same for everybody.
package struct PersonalSettings: Hashable, Sendable {
    package enum Colors: String, Sendable, CaseIterable {
        case auto, always, never
    }

    package var colors = Colors.auto
    /// A command line; empty for none; nil for what the environment says.
    package var pager: String?
    /// Whether events appear above the prompt.
    package var tellsEvents = true
    /// Seconds between two looks of `watch`.
    package var watchSeconds = 2
    /// What an alias stands for, by its name.
    package var aliases: [String: String] = [:]

    package init() {}

    /// A line that cannot be followed, and is left out.
    package struct Complaint: Error, Hashable, Sendable {
        /// Counted from 1.
        package var line: Int
        /// One sentence without a full stop.
        package var message: String
    }

    /// Reads the whole text; a wrong line costs nothing but itself.
    package static func parse(_ text: String) -> (settings: PersonalSettings, complaints: [Complaint]) {
        var settings = PersonalSettings()
        var complaints: [Complaint] = []
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if let message = settings.take(String(line)) {
                complaints.append(Complaint(line: index + 1, message: message))
            }
        }
        return (settings, complaints)
    }

    /// - Returns: what is wrong with the line; nil where nothing is.
    private mutating func take(_ line: String) -> String? {
        let words = line.split(maxSplits: 2) { $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
        guard let verb = words.first, !verb.hasPrefix("#") else { return nil }
        switch verb {
        case "alias": return takeAlias(words)
        case "set":
            guard words.count > 1 else { return "'set' needs a name and a value" }
            return set(words[1], to: Self.bare(words.count > 2 ? words[2] : ""))
        default: return "'\(verb)' is neither 'alias' nor 'set'"
        }
    }

    private mutating func takeAlias(_ words: [String]) -> String? {
        let form = "an alias is written 'alias NAME = COMMANDS'"
        guard words.count == 3 else { return form }
        let name = words[1]
        guard words[2].hasPrefix("=") else { return form }
        let commands = Self.bare(String(words[2].dropFirst()))
        guard !commands.isEmpty else { return "the alias '\(name)' stands for nothing" }
        guard Tokenizer.statements(name).first?.tokens.map(\.text) == [name] else {
            return "'\(name)' cannot be the name of an alias"
        }
        aliases[name] = commands
        return nil
    }

    private mutating func set(_ name: String, to value: String) -> String? {
        switch name {
        case "color":
            guard let choice = Colors(rawValue: value) else {
                return "'color' is auto, always or never, not '\(value)'"
            }
            colors = choice
        case "pager": pager = value == "off" ? "" : value
        case "events":
            guard value == "on" || value == "off" else { return "'events' is on or off, not '\(value)'" }
            tellsEvents = value == "on"
        case "watch":
            guard let seconds = Int(value), (1...3600).contains(seconds) else {
                return "'watch' is a number of seconds from 1 to 3600, not '\(value)'"
            }
            watchSeconds = seconds
        default:
            let near = NearestWord.find(name, in: ["color", "pager", "events", "watch"])
            return "there is no setting '\(name)'" + (near.map { "; did you mean '\($0)'?" } ?? "")
        }
        return nil
    }

    /// Without the blanks around it, and one pair of quotes.
    private static func bare(_ text: String) -> String {
        let blank = { (character: Character) in character.isWhitespace }
        let trimmed = String(text.drop(while: blank).reversed().drop(while: blank).reversed())
        guard trimmed.count > 1, let mark = trimmed.first, "'\"".contains(mark), trimmed.last == mark else {
            return trimmed
        }
        let inside = trimmed.dropFirst().dropLast()
        return inside.contains(mark) ? trimmed : String(inside)
    }

    // MARK: aliases

    /// The line with each command that begins with an alias written out; aliases in aliases stay as they are.
    package func expand(_ line: String) -> String {
        guard !aliases.isEmpty else { return line }
        var bytes = Array(line.utf8)
        for statement in Tokenizer.statements(line).reversed() {
            guard let first = statement.tokens.first, !first.quoted, let text = aliases[first.text] else {
                continue
            }
            bytes.replaceSubrange(first.range, with: Array(text.utf8))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
