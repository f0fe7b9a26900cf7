import ClusterModel
import Synchronization

/// Tells a server that hangs from one that is slow.
///
/// Signs of life are asked for all the time, with a deadline. Silence alone says little on a busy machine: a server
/// hangs when its process was stopped, or when it is silent and does not work either. The process's own account of
/// its processor time tells that.
package struct Liveness: Sendable {
    /// How long silence may last, by what the process does meanwhile, in seconds.
    package enum Patience {
        package static let stopped = 0.3
        package static let idle = 5.0
        package static let unknown = 10.0
        /// A process that works and works, and answers nobody.
        package static let busy = 60.0
    }

    private var silentSince: ContinuousClock.Instant?
    private var idleSince: ContinuousClock.Instant?
    private var ticks: UInt64?

    package init() {}

    /// Takes one look into account.
    /// - Parameters:
    ///   - condition: nil where the server gave a sign of life.
    ///   - asked: when that was asked for.
    /// - Returns: why the server is taken for hung, nil where it is not.
    package mutating func judge(
        _ condition: ProcessCondition?, asked: ContinuousClock.Instant, at now: ContinuousClock.Instant
    ) -> String? {
        guard let condition, condition != .gone else {
            self = Liveness()
            return nil
        }
        if silentSince == nil { silentSince = asked }
        let silent = seconds(since: silentSince, now)
        switch condition {
        case .gone: return nil
        case .stopped:
            return silent < Patience.stopped ? nil : "no answer for \(text(silent)) s: its process is stopped"
        case .unknown:
            return silent < Patience.unknown ? nil : "no answer for \(text(silent)) s"
        case .running(let used):
            if ticks != used { idleSince = now }
            ticks = used
            let idle = seconds(since: idleSince, now)
            if idle >= Patience.idle {
                return "no answer for \(text(silent)) s, and its process does nothing"
            }
            return silent < Patience.busy ? nil : "no answer for \(text(silent)) s, though its process works"
        }
    }

    private func seconds(since start: ContinuousClock.Instant?, _ now: ContinuousClock.Instant) -> Double {
        start.map { $0.duration(to: now).inSeconds } ?? 0
    }

    private func text(_ seconds: Double) -> String { "\((seconds * 10).rounded() / 10)" }
}
