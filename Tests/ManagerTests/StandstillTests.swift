import ClusterModel
import Manager
import Testing

@Suite struct StandstillTests {
    private let start = ContinuousClock.now

    private func server(executed: String, received: String, link: String = "", applying: Bool = true)
        -> ServerReport
    {
        var server = ServerReport(state: .online)
        server.executed = GTIDPosition(executed) ?? GTIDPosition()
        server.links = [
            LinkReport(
                name: link, sourceHost: "east1", receiving: true, connecting: false, applying: applying,
                receiveError: 0, applyError: 0, errorText: "", tls: true,
                received: GTIDPosition(received) ?? GTIDPosition(), secondsBehind: nil)
        ]
        return server
    }

    @Test func `it counts from the last transaction that was executed`() {
        var standstill = Standstill()
        let first = server(executed: "1-101-5", received: "1-101-9")
        #expect(standstill.see(first, domains: [:], at: start) == .zero)
        #expect(standstill.see(first, domains: [:], at: start + .seconds(8)) == .seconds(8))
        let next = server(executed: "1-101-6", received: "1-101-9")
        #expect(standstill.see(next, domains: [:], at: start + .seconds(9)) == .zero)
        #expect(standstill.see(next, domains: [:], at: start + .seconds(20)) == .seconds(11))
        let all = server(executed: "1-101-9", received: "1-101-9")
        #expect(standstill.see(all, domains: [:], at: start + .seconds(21)) == .zero)
        #expect(standstill.see(first, domains: [:], at: start + .seconds(40)) == .zero)
    }

    @Test func `a connection that is stopped, and own transactions that came back, do not count`() {
        var standstill = Standstill()
        let stopped = server(executed: "1-101-5", received: "1-101-9", applying: false)
        let back = server(executed: "1-101-5,2-201-7", received: "1-101-9,2-201-7", link: "west")
        for seconds in [0, 60] {
            let now = start + .seconds(seconds)
            #expect(standstill.see(stopped, domains: [:], at: now) == .zero)
            #expect(standstill.see(back, domains: ["west": 2], at: now) == .zero)
        }
    }
}
