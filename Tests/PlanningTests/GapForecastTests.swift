import Planning
import Testing

@Suite struct GapForecastTests {
    @Test func `what is to come is judged by what the same took a moment before`() {
        let calm = GapForecast(spent: 8, routers: 2, store: 3, write: 4)
        #expect(abs(calm.rest - 18.7) < 0.001)
        #expect(calm.gap == 8 + calm.rest)
        let saturated = GapForecast(spent: 35, routers: 9, store: 19, write: 30)
        #expect(saturated.gap > Double(SwitchPlanner.standardGapLimit))
    }

    @Test func `one quick moment does not outweigh slow ones before it`() {
        let slow = GapForecast(spent: 17, routers: 20, store: 20, write: 45)
        #expect(abs(slow.alone - 187) < 0.001 && slow.rest == slow.alone)
        let quick = GapForecast(spent: 17, routers: 3, store: 11, write: 20, earlier: [125, 155])
        #expect(abs(quick.alone - 66) < 0.001)
        #expect(quick.gap > Double(SwitchPlanner.standardGapLimit))
        var recovered = GapForecast(spent: 17, routers: 3, store: 6, write: 10, earlier: [125])
        #expect(recovered.rest == 125)
        recovered.earlier.append(recovered.alone)
        #expect(recovered.gap < Double(SwitchPlanner.standardGapLimit))
    }

    @Test func `one slow moment does not outweigh quick ones`() {
        let slow = GapForecast(spent: 17, routers: 20, store: 20, write: 45, earlier: [30, 25])
        #expect(slow.rest == 30)
    }

    @Test func `by force a gap may last five seconds`() {
        #expect(GapLimits(total: 100, force: false).whole == 100)
        #expect(GapLimits(total: 100, force: true).whole == 5000)
    }
}
