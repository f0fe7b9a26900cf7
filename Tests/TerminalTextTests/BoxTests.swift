import TerminalText
import Testing

@Suite struct BoxTests {
    @Test func `separators and rows have 83 columns`() {
        #expect(Box.separator.count == 83)
        #expect(Box.separator == "+" + String(repeating: "-", count: 81) + "+")
        #expect(Box.rows("x") == ["|x" + String(repeating: " ", count: 80) + "|"])
    }

    @Test func `77 columns stay on a row, 78 are wrapped`() {
        let word = String(repeating: "a", count: 38)
        #expect(Box.rows("\(word) \(word)").count == 1)
        #expect(Box.rows("\(word)a \(word)").count == 2)
    }

    @Test func `the second continuation and all later ones hang`() {
        let text = Array(repeating: "abcdefghi", count: 24).joined(separator: " ")
        let rows = Box.rows(text, hanging: 6)
        #expect(rows.count == 4)
        #expect(rows[1].hasPrefix("|abc"))
        #expect(rows[2].hasPrefix("|      abc"))
        #expect(rows[3].hasPrefix("|      abc"))
        #expect(rows.allSatisfy { $0.count == 83 && $0.hasSuffix(" |") })
    }

    @Test func `no letter of a long word is lost, and the bar never moves`() {
        let long = String((0..<300).map { Character(Unicode.Scalar(UInt8(97 + $0 % 26))) })
        for hanging in [0, 7, 60, 500, -3] {
            let rows = Box.rows("x \(long) end", hanging: hanging)
            #expect(rows.allSatisfy { $0.count == 83 })
            let letters = rows.joined().filter { $0.isLetter }
            #expect(letters == "x\(long)end")
        }
    }

    @Test func `tabs become two blanks, line feeds rows, control characters marks`() {
        #expect(Box.rows("a\tb\nc").map { $0.prefix(5) } == ["|a  b", "|c   "])
        #expect(Box.rows("a\u{1b}[2Jb")[0].hasPrefix("|a?[2Jb "))
    }

    @Test func `wide letters take two columns`() {
        #expect(DisplayWidth.of("東京a") == 5)
        #expect(DisplayWidth.of("e\u{301}") == 1)
        #expect(Box.rows("東京")[0].count == 81)
    }

    @Test func `a property has its key in 30 columns, and a long value goes on under itself`() {
        #expect(
            Box.property("role", "slave")[0].hasPrefix(
                "|" + String(repeating: " ", count: 26) + "role:    slave "))
        let rows = Box.property(
            "pendingErrorMessage", Array(repeating: "word", count: 30).joined(separator: " "))
        #expect(rows.count > 1)
        #expect(rows[1].hasPrefix("|" + String(repeating: " ", count: 35) + "word"))
        #expect(rows.allSatisfy { $0.count == 83 })
        #expect(Box.property("alertMessage", "").count == 1)
    }

    @Test func `a window of 80 columns shows each row whole, without the blanks at its end`() {
        let text = "  " + String(repeating: "a", count: 75)
        #expect(Box.narrowed(Box.separator, columns: 80) == ["+" + String(repeating: "-", count: 78) + "+"])
        #expect(Box.narrowed(Box.rows(text)[0], columns: 80) == ["|" + text + " |"])
        #expect(Box.narrowed(Box.rows("")[0], columns: 80)[0].count == 80)
    }

    @Test func `a narrower one breaks rows between words and loses nothing`() {
        let text = "  " + Array(repeating: "words", count: 12).joined(separator: " ")
        let rows = Box.narrowed(Box.rows(text)[0], columns: 60)
        #expect(rows.count == 2)
        #expect(rows.allSatisfy { $0.count == 60 && $0.hasPrefix("|  words") && $0.hasSuffix(" |") })
        #expect(rows.joined().split(separator: " ").filter { $0.contains("words") }.count == 12)
        let value = Box.narrowed(Box.property("gtidExecuted", "1-11-45 2-21-9 3-31-123456")[0], columns: 60)
        #expect(value.count == 2)
        #expect(value[0].contains("gtidExecuted:    1-11-45"))
        #expect(value.allSatisfy { $0.count == 60 })
    }

    @Test(arguments: [1, 20, 48, 79, 82]) func `no letter is lost at any width`(columns: Int) {
        let long = String((0..<300).map { Character(Unicode.Scalar(UInt8(97 + $0 % 26))) })
        let rows = (Box.rows("x \(long) end", hanging: 9) + Box.property("key", long))
            .flatMap { Box.narrowed($0, columns: columns) }
        #expect(rows.allSatisfy { $0.count == max(48, columns) })
        #expect(rows.joined().filter { $0.isLetter } == "x\(long)endkey\(long)")
    }

    @Test func `a value that fits the next row is not cut, for a part of it would read as another`() {
        let position = "1-101-123456789,2-201-987654321"
        let rows = Box.narrowed(Box.property("gtidExecuted", position)[0], columns: 60)
        #expect(rows.map { $0.filter { $0 != " " } } == ["|gtidExecuted:|", "|\(position)|"])
        let wide = Box.property("to.db-north-1.prod.example.com-long.created", "12345")[0]
        let narrow = Box.narrowed(wide, columns: 48)
        #expect(narrow.allSatisfy { $0.count == 48 })
        #expect(narrow.contains { $0.contains("12345") })
    }

    @Test func `a value of several rows stays in one column`() {
        let words = Array(repeating: "word", count: 30).joined(separator: " ")
        let rows = Box.property("pendingErrorMessage", words).flatMap { Box.narrowed($0, columns: 60) }
        let columns = Set(rows.dropFirst().map { $0.dropFirst().prefix { $0 == " " }.count })
        #expect(columns == [19])
    }

    @Test func `rows in letters of two columns are as wide as the window`() {
        let text = String(repeating: "東京 ", count: 13)
        let rows = Box.rows(text).flatMap { Box.narrowed($0, columns: 50) }
        #expect(rows.count == 2)
        #expect(rows.allSatisfy { DisplayWidth.of($0) == 50 })
    }

    @Test func `a state keeps its colour at the beginning of a row`() {
        #expect(StateColors.paint("|STOPPED]  |").contains("\u{1b}["))
        #expect(StateColors.paint("|  MANAGER(state=ONLINE)  |").contains("\u{1b}["))
        #expect(!StateColors.paint("STOPPED is a word here").contains("\u{1b}["))
    }

    @Test func `what fits the window, and what is no box, stays as it is`() {
        #expect(Box.narrowed(Box.separator, columns: 83) == [Box.separator])
        #expect(Box.narrowed(Box.rows("x")[0], columns: 200) == Box.rows("x"))
        let line = String(repeating: "x", count: 83)
        #expect(Box.narrowed(line, columns: 80) == [line])
    }
}
