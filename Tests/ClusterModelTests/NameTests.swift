import ClusterModel
import Testing

@Suite struct NameTests {
    @Test(arguments: ["a", "east1", "db-1.example_x", "0", String(repeating: "a", count: 64)])
    func `names are letters, digits, dots, hyphens and underscores`(text: String) {
        #expect(HostName(text)?.description == text)
        #expect(SiteName(text)?.description == text)
    }

    @Test(arguments: [
        "", "-a", ".a", "_a", "a b", "a/b", "a;b", "a\n", "é", "a'", "a\0", "*",
        String(repeating: "a", count: 65),
    ])
    func `anything else is no name`(text: String) {
        #expect(HostName(text) == nil)
        #expect(SiteName(text) == nil)
    }

    @Test func `names are in the order of their letters`() {
        #expect(
            ["east3", "east1", "east2"].compactMap { HostName($0) }.sorted().map(\.description) == [
                "east1", "east2", "east3",
            ])
    }
}
