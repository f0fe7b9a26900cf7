import ClusterModel
import Testing

@testable import Manager

@Suite struct ReceiptWatchTests {
    private var watch = ReceiptWatch()

    private func at(_ seconds: Int64) -> WallTime { WallTime(milliseconds: seconds * 1000) }

    @Test mutating func `commits that were all confirmed were told to nobody without a receipt`() {
        watch.see(without: 0, waits: true, at: at(10))
        watch.see(without: 0, waits: true, at: at(20))
        #expect(watch.isSilent(since: 1))
    }

    @Test mutating func `a commit that ended without a receipt was told, until it is seen`() {
        watch.see(without: 2, waits: true, at: at(10))
        watch.see(without: 3, waits: true, at: at(20))
        watch.see(without: 3, waits: true, at: at(30))
        #expect(!watch.isSilent(since: 15) && !watch.isSilent(since: 20) && watch.isSilent(since: 21))
    }

    @Test mutating func `what was counted before the first look may have been told just now`() {
        watch.see(without: 5, waits: true, at: at(10))
        #expect(!watch.isSilent(since: 10) && watch.isSilent(since: 11))
    }

    @Test mutating func `sessions that a fence ends were told nothing`() {
        watch.see(without: 5, waits: true, at: at(10))
        watch.fence(without: 5, waits: true, at: at(20))
        watch.see(without: 13, waits: true, at: at(21))
        watch.see(without: nil, waits: false, at: at(22))
        #expect(watch.isSilent(since: 19))
    }

    @Test mutating func `what came right before a fence counts`() {
        watch.see(without: 0, waits: true, at: at(10))
        watch.fence(without: 1, waits: true, at: at(20))
        #expect(!watch.isSilent(since: 15) && watch.isSilent(since: 21))
    }

    @Test mutating func `a fence before which the server says nothing proves nothing`() {
        watch.see(without: 0, waits: true, at: at(10))
        watch.fence(without: nil, waits: true, at: at(20))
        #expect(!watch.isSilent(since: 20))
    }

    @Test mutating func `while commits do not wait, everything is told`() {
        watch.see(without: 0, waits: true, at: at(10))
        watch.see(without: 0, waits: false, at: at(20))
        watch.fence(without: 0, waits: false, at: at(25))
        #expect(!watch.isSilent(since: 25) && watch.isSilent(since: 26))
    }

    @Test mutating func `after it is opened again, what ends without a receipt was told`() {
        watch.fence(without: 0, waits: true, at: at(10))
        watch.see(without: 4, waits: true, at: at(11))
        watch.open()
        watch.see(without: 4, waits: true, at: at(12))
        #expect(watch.isSilent(since: 1))
        watch.see(without: 5, waits: true, at: at(13))
        #expect(!watch.isSilent(since: 13))
    }

    @Test mutating func `a start counts anew`() {
        watch.fence(without: 9, waits: true, at: at(10))
        watch.see(without: 0, waits: true, at: at(30))
        #expect(watch.isSilent(since: 1))
        watch.see(without: 1, waits: true, at: at(40))
        #expect(!watch.isSilent(since: 40))
    }
}
