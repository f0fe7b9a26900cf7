import CommandGrammar

/// Reads the command line of `cctrl`.
///
/// Not the usual option library: classic options have long names after one dash, and completion must look
/// into `-e`.
package enum OptionParser {
    /// - Parameter words: without the program's name.
    package static func parse(_ words: [String]) throws(UsageError) -> Options {
        var options = Options()
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--complete-line" {
                guard let line = rest.popFirst(), let point = rest.popFirst().flatMap({ Int($0) }) else {
                    throw UsageError("--complete-line needs a line and a place in it")
                }
                options.action = .complete(line: line, point: point)
                return options
            }
            try take(word, &rest, into: &options)
        }
        return options
    }

    private static func take(
        _ word: String, _ rest: inout ArraySlice<String>, into options: inout Options
    ) throws(UsageError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        let typed = word.hasPrefix("--") ? parts[0] : word
        guard word.hasPrefix("-"), word.count > 1 else {
            throw UsageError("'\(word)' is not an option", hint: "give commands with -e: cctrl -e '\(word)'")
        }
        if let why = OptionTable.refused[String(typed.drop { $0 == "-" })] {
            throw UsageError("'\(typed)' is refused: \(why)", hint: "leave it out")
        }
        guard let option = OptionTable.find(typed), let name = option.names.first else {
            let near = NearestWord.find(typed, in: OptionTable.all.flatMap(\.names))
            throw UsageError(
                "there is no option '\(typed)'",
                hint: near.map { "did you mean '\($0)'?" } ?? "cctrl --help lists the options")
        }
        guard let placeholder = option.value else {
            if typed != word { throw UsageError("'\(typed)' takes no value") }
            setFlag(name, in: &options)
            return
        }
        guard let value = typed == word ? rest.popFirst() : parts[1] else {
            throw UsageError("'\(typed)' needs \(placeholder)")
        }
        try set(name, to: value, in: &options)
    }

    private static func setFlag(_ name: String, in options: inout Options) {
        switch name {
        case "-multi": options.isMulti = true
        case "-expert": options.isExpert = true
        case "-logical":
            options.isExpert = false
            options.mode = .logical
        case "-physical": options.mode = .physical
        case "-admin":
            options.mode = .admin
            options.isExpert = true
        case "--json":
            options.presentation.json = true
            options.hidesBanner = true
        case "--events":
            options.presentation.json = true
            options.presentation.events = true
            options.hidesBanner = true
        case "--yes": options.saysYes = true
        case "-no-history": options.keepsNoHistory = true
        case "--no-banner": options.hidesBanner = true
        case "--help": options.action = .help
        case "--version": options.action = .version
        default: break
        }
    }

    private static func set(_ name: String, to value: String, in options: inout Options) throws(UsageError) {
        switch name {
        case "-e": options.inputs.append(.text(value))
        case "-f": options.inputs.append(.file(value))
        case "-host": options.host = value
        case "-port": options.port = try number(value, name, 1...65535)
        case "-service": options.service = value
        case "-timeout": options.timeout = try number(value, name, 1...86_400)
        case "--config": options.configuration = value
        case "--fields": options.presentation.fields = Presentation.names(value)
        default: break
        }
    }

    private static func number(_ value: String, _ name: String, _ range: ClosedRange<Int>) throws(UsageError)
        -> Int
    {
        if let number = Int(value), range.contains(number) { return number }
        throw UsageError(
            "'\(value)' is not a number that \(name) can be",
            hint: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
}
