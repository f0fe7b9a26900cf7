import AdminProtocol
import ClusterModel
import Synchronization

/// One thing that was done to a host, or tried.
package struct Effect: Hashable, Sendable, CustomStringConvertible {
    package var host: HostName
    package var what: String

    package init(_ host: HostName, _ what: String) {
        self.host = host
        self.what = what
    }

    package var description: String { "\(host): \(what)" }
}

/// A failure that is to happen.
package struct Fault: Sendable, CustomStringConvertible {
    package enum Moment: String, Sendable, CaseIterable {
        /// Nothing is done.
        case instead
        /// It is done, and the answer is lost.
        case afterwards
    }

    package var effect: Effect
    /// Which of the effects of the same words, the first being 1.
    package var occurrence: Int
    package var moment: Moment
    package var code: ReplyCode

    package init(_ effect: Effect, occurrence: Int = 1, _ moment: Moment, code: ReplyCode = .serverError) {
        self.effect = effect
        self.occurrence = occurrence
        self.moment = moment
        self.code = code
    }

    package var description: String { "\(effect) (\(occurrence)) \(moment.rawValue)" }
}

/// Everything that the fakes did, in order; and the place where failures are asked for.
package final class Diary: Sendable {
    private struct State {
        var effects: [Effect] = []
        var faults: [Fault] = []
        var struck: [Fault] = []
        var interludes: [Effect: @Sendable () async -> Void] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package var effects: [Effect] { state.withLock { $0.effects } }

    /// Faults that have happened.
    package var struck: [Fault] { state.withLock { $0.struck } }

    package func forget() { state.withLock { $0.effects = [] } }

    /// Lets something fail from now on; occurrences are counted from now.
    package func expect(_ fault: Fault) { state.withLock { $0.faults.append(fault) } }

    /// Lets nothing fail any more.
    package func relent() { state.withLock { $0.faults = [] } }

    /// Lets something else happen when `effect` is next about to be done: it is sent by then, and not executed.
    package func before(_ effect: Effect, _ interlude: @escaping @Sendable () async -> Void) {
        state.withLock { $0.interludes[effect] = interlude }
    }

    /// Notes an effect, and fails where a failure was asked for.
    package func perform<Value>(
        _ what: String, on host: HostName, _ body: () async throws(Refusal) -> Value
    ) async throws(Refusal) -> Value {
        let effect = Effect(host, what)
        let fault = state.withLock { state -> Fault? in
            state.effects.append(effect)
            var found: Fault?
            for index in state.faults.indices where state.faults[index].effect == effect {
                state.faults[index].occurrence -= 1
                if state.faults[index].occurrence == 0 { found = state.faults[index] }
            }
            if let found { state.struck.append(found) }
            return found
        }
        if let interlude = state.withLock({ $0.interludes.removeValue(forKey: effect) }) { await interlude() }
        let refusal = fault.map { Refusal($0.code, "'\(effect)' failed because the test wants it") }
        if let refusal, fault?.moment == .instead { throw refusal }
        let value = try await body()
        if let refusal { throw refusal }
        return value
    }
}
