import AdminProtocol
import ClusterModel
import HAProxyClient
import Manager
import WorkLoop

/// The host's HAProxy as the engine wants it: frontends `write` and `read`, backends `be_write` and `be_read`.
package struct HAProxyRouter: RouterControl {
    private let socket: RuntimeSocket
    private let host: HostName
    private let gate: HoldGate?

    /// - Parameter gate: where held connections wait; nil where nobody holds.
    package init(socket path: String, host: HostName, gate: HoldGate? = nil) {
        self.gate = gate
        socket = RuntimeSocket(path: path, on: WorkLoop.shared.group)
        self.host = host
    }

    package func observe() async -> RouterReport {
        do throws(RouterError) {
            let statistics = try await socket.statistics(deadline: .seconds(1))
            return report(statistics)
        } catch {
            return RouterReport(state: error.isUnreachable ? .stopped : .timeout)
        }
    }

    private func report(_ statistics: RouterStatistics) -> RouterReport {
        let frontends = RouterChange.Port.all.compactMap { statistics.frontends[$0.rawValue] }
        var report = RouterReport(
            state: frontends.allSatisfy(\.isOpen) ? .online : .offline, pid: statistics.pid,
            connections: frontends.reduce(ConnectionCounts()) {
                $0 + ConnectionCounts(created: $1.total, active: $1.current)
            })
        for port in RouterChange.Port.all {
            for server in statistics.servers(of: port.backend) {
                guard let host = HostName(server.name) else { continue }
                let counts = ConnectionCounts(created: server.total, active: server.current)
                report.byDataSource[host] = (report.byDataSource[host] ?? ConnectionCounts()) + counts
                guard server.isReady else { continue }
                switch port {
                case .write: report.writesTo.append(host)
                case .read: report.readsFrom.append(host)
                }
            }
        }
        return report
    }

    package func apply(_ changes: [RouterChange]) async throws(Refusal) {
        do throws(RouterError) {
            for change in changes {
                switch change {
                case .accept(let port): try await socket.enableFrontend(port.rawValue)
                case .refuse(let port): try await socket.disableFrontend(port.rawValue)
                case .use(let host, let port):
                    try await socket.setServer(host.description, of: port.backend, to: .ready)
                case .drain(let host, let port):
                    try await socket.setServer(host.description, of: port.backend, to: .drain)
                case .cut(let host, let port):
                    try await socket.shutdownSessions(of: host.description, in: port.backend)
                case .leave(let host, let port):
                    try await socket.setServer(host.description, of: port.backend, to: .maint)
                    try await socket.shutdownSessions(of: host.description, in: port.backend)
                }
            }
        } catch {
            throw refusal(error)
        }
    }

    package func hold(_ duration: Duration) async throws(Refusal) {
        gate?.close()
        do throws(RouterError) {
            try await socket.hold(
                RouterChange.Port.write.rawValue, milliseconds: Int(duration.inMilliseconds))
        } catch {
            gate?.open()
            throw refusal(error)
        }
    }

    package func release() async throws(Refusal) -> Int? {
        // Whoever is let go before the hold is lifted would only nap.
        defer { gate?.open() }
        do throws(RouterError) {
            try await socket.unhold(RouterChange.Port.write.rawValue)
        } catch {
            throw refusal(error)
        }
        gate?.open()
        // They go on whether or not it is known how many they were.
        return try? await socket.held(RouterChange.Port.write.rawValue)
    }

    package func writeSessions(on host: HostName) async throws(Refusal) -> Int {
        do throws(RouterError) {
            return try await socket.sessions(of: host.description, in: RouterChange.Port.write.backend)
        } catch {
            throw refusal(error)
        }
    }

    private func refusal(_ error: RouterError) -> Refusal {
        Refusal(error.isUnreachable ? .hostUnreachable : .failed, "router 'connector@\(host)': \(error)")
    }
}

extension RouterChange.Port {
    static let all: [Self] = [.write, .read]

    var backend: String { "be_\(rawValue)" }
}

extension RouterError {
    fileprivate var isUnreachable: Bool {
        if case .unreachable = self { return true }
        return false
    }
}
