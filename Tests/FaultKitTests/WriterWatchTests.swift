import ClusterModel
import Testing

@testable import FaultKit

@Suite struct WriterWatchTests {
    private let start = ContinuousClock.now

    /// Looks at two servers, in the order of their questions: host, asked and answered in milliseconds, the answer; nil
    /// for a connection that broke.
    private func watch(_ looks: [(Int, Int, Int, Bool?)]) throws -> WriterWatch {
        var watch = WriterWatch()
        for (number, asked, answered, answer) in looks {
            let host = try #require(HostName("east\(number)"))
            guard let answer else {
                watch.lost(host)
                continue
            }
            watch.note(
                WritableSample(
                    host: host, asked: start + .milliseconds(asked),
                    answered: start + .milliseconds(answered),
                    isWritable: answer))
        }
        return watch
    }

    @Test func `a role that moves between two looks is no overlap`() throws {
        let watch = try watch([
            (1, 0, 1, true), (2, 0, 1, false), (1, 10, 11, true), (2, 14, 15, true), (1, 20, 21, false),
            (2, 24, 25, true),
        ])
        #expect(watch.overlaps.isEmpty)
        #expect(watch.writable.map(\.description) == ["east2"])
    }

    @Test func `a server seen writable before and after another one is an overlap`() throws {
        let watch = try watch([
            (1, 0, 1, true), (2, 5, 6, true), (1, 10, 11, true), (2, 15, 16, true), (1, 40, 41, true),
        ])
        #expect(watch.overlaps.count == 1)
        let overlap = try #require(watch.overlaps.first)
        #expect(overlap.hosts.map(\.description) == ["east1", "east2"])
        #expect(overlap.first == start + .milliseconds(5))
        #expect(overlap.last == start + .milliseconds(41))
    }

    @Test func `looks that overlap in time prove nothing`() throws {
        // East1's answer was on its way while the role moved to east2.
        let watch = try watch([(1, 0, 1, true), (2, 4, 6, true), (1, 5, 30, true)])
        #expect(watch.overlaps.isEmpty)
    }

    @Test func `a server that was frozen and takes writes when it is thawed is an overlap`() throws {
        // Its last look before was long ago; the other one has been promoted since.
        let watch = try watch([(1, 0, 1, true), (2, 900, 901, true), (1, 1000, 1001, true)])
        #expect(watch.overlaps.count == 1)
    }

    @Test func `what a server was before its connection broke says nothing of it afterwards`() throws {
        let watch = try watch([(1, 0, 1, true), (1, 5, 5, nil), (2, 10, 11, true), (1, 20, 21, true)])
        #expect(watch.overlaps.isEmpty)
    }
}
