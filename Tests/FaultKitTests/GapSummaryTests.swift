import LoadKit
import Testing

@Suite struct GapSummaryTests {
    @Test func `a percentile is the nearest rank, and the highest one is the maximum`() {
        let summary = GapSummary((1...100).map(Double.init).shuffled())
        #expect(summary.percentile(0.5) == 50)
        #expect(summary.percentile(0.95) == 95)
        #expect(summary.percentile(0.99) == 99)
        #expect(summary.percentile(1) == 100)
        #expect(summary.percentile(0) == 1)
    }

    @Test func `of fifty gaps the 99th percentile is the longest`() {
        let summary = GapSummary((1...50).map(Double.init))
        #expect(summary.percentile(0.99) == 50)
        #expect(summary.description == "median 25.0  p95 48.0  p99 50.0  max 50.0")
    }

    @Test func `without a gap there is no percentile`() {
        #expect(GapSummary([]).percentile(0.5) == nil)
        #expect(GapSummary([]).description == "median -  p95 -  p99 -  max -")
    }

    @Test func `a deadline that passed is no refusal of the server`() {
        var result = LoadResult()
        result.errors = ["9001 no answer within 20 s": 2, "2013 lost": 3, "1290 read-only": 4]
        result.connectFailures = 1
        #expect(result.cutSessions == 4)
        #expect(result.refusedWrites == 4)
    }
}
