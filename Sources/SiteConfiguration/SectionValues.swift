import ClusterModel
import Glibc

/// The options of one section that this software reads, each checked as it is taken.
struct SectionValues {
    let path: String
    let section: IniDocument.Section
    private var options: [String: IniDocument.Option] = [:]
    /// What was met and not read.
    private(set) var notes: [ConfigurationNote] = []

    /// Keeps the options in `known`; another option is a note, one in `elsewhere` an error.
    init(
        _ section: IniDocument.Section, known: [String], elsewhere: [String] = [], path: String
    ) throws(ConfigurationError) {
        self.section = section
        self.path = path
        for option in section.options {
            let name = OptionNames.aliases[option.key] ?? option.key
            if known.contains(name) {
                if let earlier = options[name] {
                    throw ConfigurationError(
                        path: path, line: option.line,
                        message: "'\(option.key)' is already set at line \(earlier.line); keep one of them")
                }
                options[name] = option
            } else if elsewhere.contains(name) {
                throw ConfigurationError(
                    path: path, line: option.line,
                    message: "'\(option.key)' has one value for the whole cluster; move it to [defaults]")
            } else {
                notes.append(note(on: option, known: known))
            }
        }
    }

    private func note(on option: IniDocument.Option, known: [String]) -> ConfigurationNote {
        let near = OptionNames.nearest(to: option.key, in: known)
        if OptionNames.isClassic(option.key),
            near == nil || option.key == "rmi-port" || option.key == "thl-port"
        {
            return ConfigurationNote(
                kind: .unused, path: path, line: option.line, message: "'\(option.key)' is not used")
        }
        let hint = near.map { "; did you mean '\($0)'?" } ?? "; it was not used"
        return ConfigurationNote(
            kind: .unknown, path: path, line: option.line, message: "unknown option '\(option.key)'\(hint)")
    }

    func failure(_ name: String, _ message: String) -> ConfigurationError {
        ConfigurationError(path: path, line: options[name]?.line ?? section.line, message: message)
    }

    /// The value as it stands; nil where the option is missing, an error where it is empty.
    func optional(_ name: String) throws(ConfigurationError) -> String? {
        guard let option = options[name] else { return nil }
        guard !option.value.isEmpty else { throw failure(name, "'\(option.key)' has no value") }
        return option.value
    }

    func required(_ name: String, _ meaning: String) throws(ConfigurationError) -> String {
        guard let value = try optional(name) else {
            throw ConfigurationError(
                path: path, line: section.line,
                message: "section [\(section.name)] has no '\(name)'; add \(name)=<\(meaning)>")
        }
        return value
    }

    func port(_ name: String, default standard: Int) throws(ConfigurationError) -> Int {
        guard let text = try optional(name) else { return standard }
        guard let port = Int(text), (1...65535).contains(port), text.utf8.first != UInt8(ascii: "+") else {
            throw failure(name, "'\(name)' must be a port from 1 to 65535, not '\(text)'")
        }
        return port
    }

    /// A whole number of seconds.
    func seconds(_ name: String, default standard: Int, in range: ClosedRange<Int>) throws(ConfigurationError)
        -> Int
    {
        guard let text = try optional(name) else { return standard }
        guard let seconds = Int(text), range.contains(seconds), text.utf8.first != UInt8(ascii: "+") else {
            throw failure(
                name,
                "'\(name)' must be from \(range.lowerBound) to \(range.upperBound) seconds, not '\(text)'")
        }
        return seconds
    }

    /// An absolute path in which `{host}` may stand.
    func directory(_ name: String) throws(ConfigurationError) -> String? {
        guard var text = try optional(name) else { return nil }
        guard text.hasPrefix("/") else {
            throw failure(name, "'\(name)' must be an absolute path, not '\(text)'")
        }
        while text.utf8.count > 1, text.hasSuffix("/") { text.removeLast() }
        try checkPlaceholders(in: text, of: name, accepted: ["{host}"])
        return text
    }

    /// Words between commas, at least one, none empty.
    func list(_ name: String) throws(ConfigurationError) -> [String]? {
        guard let text = try optional(name) else { return nil }
        var words: [String] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let word = trimmed(part)
            guard !word.isEmpty else { throw failure(name, "'\(name)' has an empty entry in '\(text)'") }
            words.append(word)
        }
        return words
    }

    /// Host names, none twice.
    func hosts(_ name: String) throws(ConfigurationError) -> [HostName]? {
        guard let words = try list(name) else { return nil }
        var hosts: [HostName] = []
        for word in words {
            let host = try host(word, of: name)
            guard !hosts.contains(host) else { throw failure(name, "'\(name)' names '\(host)' twice") }
            hosts.append(host)
        }
        return hosts
    }

    func host(_ word: String, of name: String) throws(ConfigurationError) -> HostName {
        guard let host = HostName(word) else {
            throw failure(
                name,
                "'\(word)' in '\(name)' is not a host name: 1 to 64 letters, digits, '.', '_' or '-', the first "
                    + "a letter or digit")
        }
        return host
    }

    /// An argument list; `accepted` placeholders may stand in it, the first of them must.
    func command(_ name: String, accepted: [String]) throws(ConfigurationError) -> [String]? {
        guard let text = try optional(name) else { return nil }
        guard let words = commandWords(text) else {
            throw failure(name, "'\(name)' has a quote without its end")
        }
        try checkPlaceholders(in: text, of: name, accepted: accepted)
        if let needed = accepted.first, text.firstRange(of: needed) == nil {
            throw failure(name, "'\(name)' must contain \(needed), as in 'systemctl {verb} mariadb'")
        }
        return words
    }

    private func checkPlaceholders(
        in text: String, of name: String, accepted: [String]
    ) throws(ConfigurationError) {
        var rest = text[...]
        while let start = rest.firstIndex(of: "{") {
            guard let found = accepted.first(where: { rest[start...].hasPrefix($0) }) else {
                throw failure(
                    name, "'\(name)' may contain \(accepted.joined(separator: " and ")) and no other '{'")
            }
            rest = rest[start...].dropFirst(found.count)
        }
    }
}

/// Splits at blanks (double quotes keep a word together); nil where a quote has no end.
private func commandWords(_ text: String) -> [String]? {
    var words: [String] = []
    var word: String?
    var quoted = false
    for character in text {
        switch character {
        case "\"":
            quoted.toggle()
            word = word ?? ""
        case " ", "\t":
            guard quoted else {
                if let word { words.append(word) }
                word = nil
                continue
            }
            word = (word ?? "") + String(character)
        default: word = (word ?? "") + String(character)
        }
    }
    if let word { words.append(word) }
    return quoted ? nil : words
}
