import CommandGrammar
import Testing

@Suite struct ManualPageTests {
    private func page(_ text: String) -> [String] {
        let page = ManualPage(
            name: "x", section: 1, summary: "do", date: "November 23, 2026",
            sections: [.init("DESCRIPTION", [.paragraph(text)])])
        return page.text.split(separator: "\n").map(String.init)
    }

    @Test func `typed words become macros with their punctuation`() {
        #expect(
            Array(page("Say `ls -l`, then go. Done.").suffix(3)) == [
                ".Ql \"\\&ls \\-l\" ,", "then go.", "Done.",
            ])
    }

    @Test func `text cannot become a macro or a command of the formatter`() {
        #expect(page(".Dd \\fB -").last == "\\&.Dd \\efB \\-")
        #expect(page("'x").last == "\\&'x")
    }
}
