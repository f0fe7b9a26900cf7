extension Grammar {
    /// Every command with its summary, one or two lines each.
    package func overview() -> [String] {
        let shown = entries.filter { !$0.isHidden }
        let usages = shown.map { $0.patterns.first?.usage ?? $0.name }
        let column = min(34, usages.map(\.count).max() ?? 0) + 2
        var lines: [String] = []
        for (entry, usage) in zip(shown, usages) {
            if usage.count < column - 1 {
                lines.append(usage + String(repeating: " ", count: column - usage.count) + entry.summary)
            } else {
                lines += [usage, String(repeating: " ", count: column) + entry.summary]
            }
        }
        return lines
    }

    /// Everything about one command; nil where the word is no command, or an abbreviation of several.
    package func help(about word: String) -> [String]? {
        let typed = word.lowercased()
        let shown = entries.filter { !$0.isHidden }
        let fitting = shown.filter { $0.heads.contains(typed) }
        let abbreviated = shown.filter { entry in entry.heads.contains { $0.hasPrefix(typed) } }
        let names = Set(abbreviated.map(\.name))
        let found = fitting.isEmpty && names.count == 1 ? abbreviated : fitting
        guard !found.isEmpty else { return nil }
        var lines = found.flatMap(\.patterns).map(\.usage)
        for entry in found { lines += [""] + prose(entry) }
        var options: Set<ProgramOption> = []
        let known = found.flatMap(\.options).filter { options.insert($0).inserted }
        if !known.isEmpty { lines += ["", "Options:"] + Prose.options(known) }
        return lines + examples(found.flatMap(\.examples))
    }

    private func prose(_ entry: CommandEntry) -> [String] {
        var lines = Prose.wrap(entry.summary + ".", width: 78)
        for paragraph in entry.details {
            lines.append("")
            lines += Prose.wrap(paragraph.replacing("`", with: "'"), width: 78)
        }
        return lines
    }

    private func examples(_ examples: [CommandExample]) -> [String] {
        let column = examples.map(\.line.count).max() ?? 0
        return (examples.isEmpty ? [] : ["", "Examples:"])
            + examples.map { example in
                let blanks = String(repeating: " ", count: max(0, column - example.line.count) + 3)
                return "  " + example.line + blanks + example.effect
            }
    }
}

/// Running text for a terminal.
package enum Prose {
    /// Breaks between words so that no line is longer than `width`, long words excepted.
    package static func wrap(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty && line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " " + word
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }

    /// Options in two columns, for `--help`.
    package static func options(_ options: [ProgramOption]) -> [String] {
        var lines: [String] = []
        let indent = String(repeating: " ", count: 28)
        for option in options {
            var head = "  " + option.names.joined(separator: ", ")
            if let value = option.value { head += " " + value }
            var text = wrap(option.summary, width: 50)
            if head.count < 27, !text.isEmpty {
                head += String(repeating: " ", count: 28 - head.count) + text.removeFirst()
            }
            lines.append(head)
            lines += text.map { indent + $0 }
        }
        return lines
    }
}
