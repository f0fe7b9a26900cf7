import ClusterModel
import Testing

@Suite struct WallTimeTests {
    @Test(arguments: [
        (0, "1970-01-01 00:00 UTC"), (951_782_399, "2000-02-28 23:59 UTC"),
        (951_782_400, "2000-02-29 00:00 UTC"),
        (951_868_800, "2000-03-01 00:00 UTC"), (1_795_435_445, "2026-11-23 12:04 UTC"),
        (4_102_444_799, "2099-12-31 23:59 UTC"), (-1, "1969-12-31 23:59 UTC"),
    ])
    func `a moment as a date`(seconds: Int64, text: String) {
        #expect(WallTime(milliseconds: seconds * 1000).utc == text)
    }
}
