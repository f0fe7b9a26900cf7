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
}
