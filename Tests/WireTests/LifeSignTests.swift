import Manager
import MariaDBClient
import Testing

@testable import ManagerIO

/// What an error of the manager's own connection tells of its server.
@Suite struct LifeSignTests {
    private func sign(_ code: MariaDBError.Code, _ message: String = "", isFresh: Bool) -> LifeSign? {
        MariaDBServer.sign(of: MariaDBError(code, message), isFresh: isFresh)
    }

    @Test func `a connection that broke is made anew before anything is said`() {
        #expect(sign(.connectionLost, "Lost connection", isFresh: false) == nil)
        #expect(sign(.connectionLost, "Lost connection", isFresh: true) == .silent)
    }

    @Test func `TLS that breaks off on a connection that stood is no sign of life`() {
        #expect(sign(.tlsFailed, "unexpected eof while reading", isFresh: false) == nil)
        #expect(sign(.tlsFailed, "certificate has expired", isFresh: true) == .alive)
    }

    @Test func `nothing listens`() {
        for isFresh in [false, true] {
            #expect(
                sign(.cannotConnect, "Can't connect (111)", isFresh: isFresh) == .refused)
        }
    }

    @Test func `no answer in time is not asked for twice`() {
        #expect(sign(.deadlinePassed, isFresh: false) == .silent)
    }

    @Test func `whoever refuses a password is alive`() {
        #expect(sign(.accessDenied, "Access denied", isFresh: false) == .alive)
    }
}
