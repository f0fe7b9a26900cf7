import MariaDBClient
import Testing

struct SQLTextTests {
    @Test(arguments: [
        ("plain", "'plain'"), ("it's", "'it\\'s'"), ("back\\slash", "'back\\\\slash'"),
        ("a\nb\0c\u{1A}", "'a\\nb\\0c\\Z'"),
        ("", "''"), ("grün'; DROP", "'grün\\'; DROP'"),
    ])
    func `a quoted value cannot end its own quotes`(_ text: String, _ quoted: String) {
        #expect(SQLText.quoted(text) == quoted)
    }

    @Test func `a name in backticks doubles its own`() {
        #expect(SQLText.identifier("a`b") == "`a``b`")
    }
}
