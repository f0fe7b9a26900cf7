import Planning
import Testing

@Suite struct GapForecastTests {
    @Test func `what is to come is judged by what the same took a moment before`() {
        let calm = GapForecast(spent: 8, routers: 2, store: 3, write: 4)
        #expect(calm.rest == 13)
        #expect(calm.gap == 21)
        let saturated = GapForecast(spent: 35, routers: 9, store: 19, write: 30)
        #expect(saturated.gap > Double(SwitchPlanner.standardGapLimit))
    }

    @Test func `by force a gap may be as long as it takes`() {
        #expect(GapLimits(total: 100, force: false).whole == 100)
        #expect(GapLimits(total: 100, force: true).whole == 10_000)
    }
}
