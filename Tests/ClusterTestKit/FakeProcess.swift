import AdminProtocol
import ClusterModel
import Manager

/// The process of a server in memory.
package struct FakeProcess: ServerProcess {
    let host: HostName
    let servers: FakeServers

    package init(_ host: HostName, _ servers: FakeServers) {
        self.host = host
        self.servers = servers
    }

    package func condition() -> ProcessCondition {
        guard let server = servers[host], server.isRunning else { return .gone }
        return server.hangs ? .stopped : .running(ticks: 1)
    }

    package func kill() throws(Refusal) {
        try servers.change(host) { (server) throws(Refusal) in
            guard !server.isProtected else { throw Refusal(.serverError, "it may not be killed") }
            server.stop()
        }
    }
}
