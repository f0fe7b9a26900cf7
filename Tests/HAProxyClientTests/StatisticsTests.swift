import HAProxyClient
import Testing

struct StatisticsTests {
    private let info = "Name: HAProxy\nVersion: 2.6.12\nPid: 4711\nUptime_sec: 60\n"

    @Test func `columns are found by their names, quoted fields keep their commas`() throws {
        let table = #"""
            # pxname,svname,status,scur,stot,last_chk
            write,FRONTEND,OPEN,2,7,
            be_write,east1,no check,2,7,"said ""no, thanks"""
            be_write,east2,MAINT,0,0,
            be_write,BACKEND,UP,2,7,
            """#
        let statistics = try RouterStatistics(info: info, table: table)
        #expect(statistics.pid == 4711)
        #expect(statistics.uptime == 60)
        let write = try #require(statistics.frontends["write"])
        #expect(write.isOpen && write.current == 2 && write.total == 7)
        #expect(statistics.servers(of: "be_write").map(\.name) == ["east1", "east2"])
        #expect(statistics.servers.map(\.isReady) == [true, false])
    }

    @Test(arguments: ["", "nonsense", "# pxname,svname\nwrite,FRONTEND\n"])
    func `a table that is none is an error`(_ table: String) {
        #expect(throws: RouterError.self) { try RouterStatistics(info: info, table: table) }
    }

    @Test func `facts without a process id are an error`() {
        #expect(throws: RouterError.self) {
            try RouterStatistics(info: "Name: x", table: "# pxname,svname\n")
        }
    }
}
