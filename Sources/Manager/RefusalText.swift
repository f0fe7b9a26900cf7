import AdminProtocol
import ClusterModel
import Planning

/// The sentences for why an operation is refused; the only place with their wording.
package enum RefusalText {
    package static func refusal(_ refusal: PlanRefusal) -> Refusal {
        switch refusal {
        case .isWitness(let name):
            Refusal(
                .noSuchDataSource, "'\(name)' is a witness: it has no data source; nothing was changed",
                hint: "ls")
        case .noSuchDataSource(let name):
            Refusal(.noSuchDataSource, "there is no data source '\(name)' in this site", hint: "ls")
        case .noPrimary:
            Refusal(.noPrimary, "the site has no primary yet; nothing was changed", hint: "ls")
        case .alreadyPrimary(let name):
            Refusal(
                .alreadyPrimary, "'\(name)' is already the primary; nothing was changed",
                hint: "switch to <replica>")
        case .operationRunning(let running):
            Refusal(
                .operationRunning,
                "'\(running.command)' is running on \(running.coordinator); nothing was changed",
                hint: "ls, until it has ended")
        case .primaryNotServing(let name, let state):
            Refusal(
                .noPrimary,
                "the server of the primary '\(name)' is \(state.rawValue): it cannot hand over; nothing was changed",
                hint: "failover, once 'ls' shows \(name) as FAILED")
        case .primaryNotOnline(let name, let state):
            Refusal(
                .wrongState, "the primary '\(name)' is \(state.rawValue); nothing was changed",
                hint: "datasource \(name) recover, or 'set force true' first")
        case .primaryDiskFull(let name, let path):
            Refusal(
                .wrongState,
                "the disk of the primary '\(name)' is full at \(path): its commits wait for room, and one that is"
                    + " cut would stay half written in its log; nothing was changed",
                hint: "make room there; or: datasource \(name) fail; failover"
            )
        case .primaryStillServes(let name):
            Refusal(
                .primaryStillServes, "the primary '\(name)' has not FAILED; nothing was changed",
                hint: "switch moves the role without risk; 'datasource \(name) fail' declares it failed")
        case .routerUnmanaged(let name):
            Refusal(
                .hostUnreachable,
                "the manager of '\(name)' does not answer: its router could go on sending writes to the old primary;"
                    + " nothing was changed",
                hint: "start the manager of \(name), or 'set force true' first")
        case .notCandidate(let name, let objection):
            Refusal(
                code(objection),
                "'\(name)' cannot become the primary: \(sentence(objection)); nothing was changed",
                hint: hint(name, objection))
        case .noCandidate(let objections):
            Refusal(
                .noCandidate,
                "no replica can become the primary"
                    + (objections.isEmpty
                        ? "" : ": ")
                    + objections.sorted { $0.key < $1.key }.map { "\($0.key): \(sentence($0.value))" }
                    .joined(separator: "; ") + "; nothing was changed",
                hint: "ls")
        case .notClosed(let name):
            Refusal(
                .wouldLoseWrites,
                "'\(name)' cannot be reached, its manager was gone before that, and so nobody closed its server: it"
                    + " may still take writes, which would be lost; the replicas are unchanged",
                hint: "make sure that \(name) is off, then: set force true; failover")
        case .ranAlone(let name, let since):
            Refusal(
                .wouldLoseWrites,
                "the site has run without a second copy since \(since.utc): what was acknowledged since then may be on the"
                    + " primary '\(name)' alone; nothing was promoted",
                hint: "bring \(name) back; or accept that loss: set force true; failover")
        case .unproven(let name, let unheard):
            Refusal(
                .wouldLoseWrites,
                "the last transactions that were acknowledged may be on \(unheard.map { "'\($0)'" }.joined(separator: " and "))"
                    + " alone, which cannot be asked, and not on '\(name)'; nothing was promoted",
                hint:
                    "bring \(unheard.map(\.description).joined(separator: " or ")) back; or accept that loss: set force true; failover"
            )
        case .standing(let name, let rest, let error):
            Refusal(
                .wouldLoseWrites,
                "'\(name)' has received most, and its applier stands with \(rest) transactions to execute"
                    + (error.isEmpty ? "" : " (\(error))")
                    + ": others may not have them; nobody was promoted",
                hint:
                    "save the relay log of \(name) before anything starts there, for a start throws it away; to give"
                    + " them up: set force true; failover to <another>")
        case .fellSilent(let name, let more, let candidate):
            Refusal(
                .wouldLoseWrites,
                "'\(name)' has received \(more) transactions that '\(candidate)' has not, and does not answer any"
                    + " more; nobody was promoted",
                hint: "ls, and again when \(name) answers; or set force true to give them up")
        case .behind(let name, let best, let missing):
            Refusal(
                .wouldLoseWrites,
                "'\(name)' lacks \(missing) transactions that '\(best)' has received; nothing was changed",
                hint: "failover to \(best)")
        case .notDonor(let name, let objection):
            Refusal(
                objection.map(code) ?? .badArgument,
                "'\(name)' cannot be copied: \(objection.map(sentence) ?? "its own data is to be replaced");"
                    + " nothing was changed",
                hint: "ls; without 'from' the managers choose")
        case .noDonor(let objections):
            Refusal(
                .noDonor,
                "there is no server to copy from"
                    + (objections.isEmpty ? "" : ": ")
                    + objections.sorted { $0.key < $1.key }.map { "\($0.key): \(sentence($0.value))" }
                    .joined(separator: "; ") + "; nothing was changed",
                hint: "ls, and once a data source is ONLINE, the same command again")
        }
    }

    package static func sentence(_ objection: CandidateObjection) -> String {
        switch objection {
        case .managerStopped: "its manager does not answer"
        case .state(let state, let reason):
            "it is \(state.rawValue)" + (reason.isEmpty ? "" : "(\(reason))")
        case .server(let state): "its server is \(state.rawValue)"
        case .replicatorMissing: "it does not replicate"
        case .replicator(let state, let error):
            "its replicator is \(state.rawValue)" + (error.isEmpty ? "" : ": \(error)")
        case .wrongSource(let source):
            "it does not read from the primary" + (source.map { " but from \($0)" } ?? "")
        case .diskFull(let path): "its disk is full at \(path)"
        case .latency(let seconds, let limit): "it is \(Int(seconds)) s behind, more than \(Int(limit)) s"
        }
    }

    private static func code(_ objection: CandidateObjection) -> ReplyCode {
        switch objection {
        case .managerStopped: .hostUnreachable
        case .latency: .replicaBehind
        default: .wrongState
        }
    }

    private static func hint(_ name: HostName, _ objection: CandidateObjection) -> String {
        switch objection {
        case .managerStopped: "start the manager of \(name)"
        case .state(.offline, _): "datasource \(name) online"
        case .state: "datasource \(name) recover"
        case .server: "service \(name)/mysql start"
        case .replicatorMissing, .replicator, .wrongSource: "replicator \(name) status"
        case .diskFull(let path): "make room at \(path)"
        case .latency: "cluster heartbeat, and 'ls' until the latency is low"
        }
    }
}
