/// The options among the words of a command: `--json`, `--fields name,role`, `--fields=name`.
///
/// They may stand anywhere after the first word, with one dash or with two.
struct TypedOptions {
    /// Everything else.
    private(set) var words: [Token] = []
    private var found: [(option: ProgramOption, value: String, token: Token)] = []
    private var unknown: Token?

    /// - Throws: where an option's value is missing, or stands where none belongs.
    init(_ tokens: [Token], known entries: [CommandEntry]) throws(GrammarError) {
        var rest = tokens[...]
        while let token = rest.popFirst() {
            guard !words.isEmpty, !token.quoted, token.text.hasPrefix("-") else {
                words.append(token)
                continue
            }
            let parts = token.text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard let option = Self.find(name, in: entries) else {
                // Words such as `-l` are the patterns' own.
                if name.hasPrefix("--") && name.count > 2 {
                    unknown = unknown ?? token
                } else {
                    words.append(token)
                }
                continue
            }
            try take(option, token, given: parts.count > 1 ? String(parts[1]) : nil, &rest)
        }
    }

    /// The option of any command that `name` names.
    static func find(_ name: String, in entries: [CommandEntry]) -> ProgramOption? {
        for entry in entries {
            if let option = entry.options.first(where: { $0.isNamed(name) }) { return option }
        }
        return nil
    }

    private mutating func take(
        _ option: ProgramOption, _ token: Token, given: String?, _ rest: inout ArraySlice<Token>
    ) throws(GrammarError) {
        let name = option.names.first ?? token.text
        guard let placeholder = option.value else {
            if given != nil { throw GrammarError("'\(name)' takes no value", at: token.range) }
            found.append((option, "", token))
            return
        }
        guard let value = given ?? rest.popFirst()?.text, !value.isEmpty else {
            throw GrammarError("'\(name)' needs \(placeholder)", at: token.range, hint: option.summary)
        }
        found.append((option, value, token))
    }

    /// What is left of them for one command.
    /// - Throws: where one is not for it.
    func options(of entry: CommandEntry, in statement: Statement) throws(GrammarError) -> [String: String] {
        let own = entry.options.flatMap(\.names)
        if let unknown {
            let near = NearestWord.find(unknown.text, in: own)
            throw GrammarError(
                "'\(entry.name)' has no option '\(unknown.text)'", at: unknown.range,
                hint: near.map { "did you mean '\($0)'?" } ?? Self.advice(own))
        }
        var options: [String: String] = [:]
        for (option, value, token) in found {
            guard entry.options.contains(option), let name = option.names.first else {
                throw GrammarError(
                    "'\(entry.name)' has no option '\(token.text)'", at: token.range, hint: Self.advice(own))
            }
            options[name] = value
        }
        return options
    }

    private static func advice(_ names: [String]) -> String {
        names.isEmpty ? "it has no options" : "its options: \(names.joined(separator: ", "))"
    }
}
