import AdminProtocol
import ClusterModel

/// `members`: `east/east1(ONLINE)/127.1.0.1:9997`, one line a manager.
enum MembersView {
    static let fields = ["host", "address", "port", "online"]

    static func lines(_ members: [Member], of site: SiteName) -> [String] {
        members.map { member in
            let state = member.online ? ComponentState.online : .offline
            return "\(site)/\(member.host)(\(state.rawValue))/\(SafeLine.of(member.address)):\(member.port)"
        }
    }
}

/// `ping`: `HOST east1/127.1.0.1: ALIVE`, one line a host.
enum PingView {
    static let fields = ["host", "address", "reachable", "milliseconds"]

    static func lines(_ results: [PingResult]) -> [String] {
        results.map { result in
            let state = result.reachable ? "ALIVE" : "NOT REACHABLE"
            return "HOST \(result.host)/\(SafeLine.of(result.address)): \(state)"
        }
    }
}
