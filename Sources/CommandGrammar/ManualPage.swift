/// A manual page, written in mdoc.
///
/// Running text may set typed words between backticks. Source of the language: mdoc(7).
package struct ManualPage: Sendable {
    /// `cctrl`, which also names the file together with the section.
    package var name: String
    package var section: Int
    /// One line, without a full stop.
    package var summary: String
    /// `November 23, 2026`.
    package var date: String
    package var sections: [Section]

    package struct Section: Sendable {
        package var title: String
        package var blocks: [Block]

        package init(_ title: String, _ blocks: [Block]) {
            self.title = title
            self.blocks = blocks
        }
    }

    package enum Block: Sendable {
        case paragraph(String)
        /// Ways to call a program, options in the program's own words.
        case synopsis([Usage])
        /// Terms, each with its explanation.
        case list([(term: String, text: [String])])
        /// Lines as typed or shown.
        case example([String])
        /// Other pages: name and section.
        case references([(name: String, section: Int)])
    }

    /// One way to call a program.
    package struct Usage: Sendable {
        /// Words after the program's name, as typed.
        package var words: String
        package var options: [ProgramOption]

        package init(words: String = "", options: [ProgramOption] = []) {
            self.words = words
            self.options = options
        }
    }

    package init(name: String, section: Int, summary: String, date: String, sections: [Section]) {
        self.name = name
        self.section = section
        self.summary = summary
        self.date = date
        self.sections = sections
    }

    package var fileName: String { "\(name).\(section)" }

    /// The page as a file.
    package var text: String {
        var lines = [
            ".\\\" Generated: change the tables in Sources and run cctrl-docs.",
            ".Dd \(date)", ".Dt \(name.uppercased()) \(section)", ".Os",
            ".Sh NAME", ".Nm \(name)", ".Nd \(summary)",
        ]
        for section in sections {
            lines.append(".Sh \(section.title)")
            for (index, block) in section.blocks.enumerated() { lines += render(block, isFirst: index == 0) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func render(_ block: Block, isFirst: Bool) -> [String] {
        switch block {
        case .paragraph(let text): (isFirst ? [] : [".Pp"]) + Mdoc.prose(text)
        case .synopsis(let usages): usages.flatMap(render)
        case .list(let items): [".Bl -tag -width Ds"] + items.flatMap(render) + [".El"]
        case .example(let lines): [".Bd -literal -offset indent"] + lines.map(Mdoc.escaped) + [".Ed"]
        case .references(let pages): render(pages)
        }
    }

    private func render(_ item: (term: String, text: [String])) -> [String] {
        var lines = [".It " + Mdoc.typed(item.term)]
        for (index, paragraph) in item.text.enumerated() {
            if index > 0 { lines.append(".Pp") }
            lines += Mdoc.prose(paragraph)
        }
        return lines
    }

    private func render(_ pages: [(name: String, section: Int)]) -> [String] {
        let sorted = pages.sorted { ($0.section, $0.name) < ($1.section, $1.name) }
        let lines = sorted.map { ".Xr \($0.name) \($0.section)" }
        return lines.dropLast().map { $0 + " ," } + lines.suffix(1)
    }

    private func render(_ usage: Usage) -> [String] {
        var lines = [".Nm \(name)"]
        if !usage.words.isEmpty { lines.append("." + Mdoc.typed(usage.words)) }
        for option in usage.options {
            guard let shown = option.names.first else { continue }
            let value = option.value.map { " Ar \(Mdoc.escaped($0))" } ?? ""
            lines.append(".Op Fl \(Mdoc.escaped(String(shown.dropFirst())))\(value)")
        }
        return lines
    }
}

/// Text in the mdoc language.
enum Mdoc {
    /// Running text: one sentence a line, words between backticks as typed.
    static func prose(_ text: String) -> [String] {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
        var lines: [String] = []
        for (index, part) in parts.enumerated() {
            guard index % 2 == 0 else {
                lines.append(".Ql " + argument(part))
                continue
            }
            var rest = part[...]
            if index > 0 {
                // Punctuation right after a macro belongs on its line, or a blank would come before it.
                let marks = rest.prefix { ".,;:)?!".contains($0) }
                if !marks.isEmpty, let last = lines.popLast() {
                    lines.append(last + marks.map { " \($0)" }.joined())
                    rest = rest.dropFirst(marks.count)
                }
            }
            lines += sentences(String(rest))
        }
        return lines
    }

    /// A term of a list or words of a command line.
    static func typed(_ text: String) -> String {
        guard text.hasPrefix("-") else { return "Li " + argument(text) }
        return text.split(separator: " ").map { word in
            if word == "," { return "," }
            return word.hasPrefix("-")
                ? "Fl \(escaped(String(word.dropFirst())))" : "Ar \(argument(String(word)))"
        }.joined(separator: " ")
    }

    /// Text that begins no macro and holds no command of the formatter.
    static func escaped(_ text: String) -> String {
        let safe = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return safe.hasPrefix(".") || safe.hasPrefix("'") ? "\\&" + safe : safe
    }

    /// One argument of a macro.
    static func argument(_ text: String) -> String {
        let safe = escaped(text).replacing("\"", with: "\"\"")
        let isPlain = !safe.contains(" ") && !safe.contains("\"") && !safe.isEmpty
        // A short word could be taken for the name of a macro, a single mark for punctuation.
        return isPlain && safe.count > 3 ? safe : "\"\\&" + safe + "\""
    }

    private static func sentences(_ text: String) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            line += line.isEmpty ? String(word) : " " + word
            if word.hasSuffix(".") || word.hasSuffix(".)") {
                lines += Prose.wrap(line, width: 72)
                line = ""
            }
        }
        lines += Prose.wrap(line, width: 72)
        return lines.map(escaped)
    }
}
