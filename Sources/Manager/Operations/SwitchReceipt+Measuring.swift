import AdminProtocol
import ClusterModel
import Planning

extension SwitchReceipt {
    /// Nil where the steps are not those of a switch that came to its end.
    init?(
        steps: [StepTime], sessionsCut: Int, transactionsCut: Int, before: GTIDPosition, after: GTIDPosition,
        forecast: Double?
    ) {
        guard let gap = OperationRecord.gap(of: steps) else { return nil }
        func time(_ word: String) -> Double { steps.last { $0.step == word }?.milliseconds ?? 0 }
        self.init(
            gap: gap, hold: OperationRecord.hold(of: steps) ?? gap,
            freeze: time("freeze"), catchUp: time("catch-up"), sessionsCut: sessionsCut,
            transactionsCut: transactionsCut, before: before, after: after, forecast: forecast)
    }

    /// One line for the terminal.
    var line: String {
        func text(_ value: Double) -> String { "\((value * 10).rounded() / 10) ms" }
        let cut = transactionsCut == 0 ? "" : ", \(transactionsCut) with open transactions before"
        let expected = forecast.map { " (forecast \(text($0)))" } ?? ""
        let tries = attempts.map { $0 > 1 ? " at attempt \($0)" : "" } ?? ""
        let waiting = held.map { " of \($0.reduce(0) { $0 + $1.connections }) connections" } ?? ""
        let seen =
            canary.map { canary in
                canary.gap.map { " (a writer at \(canary.router) saw \(text($0)))" }
                    ?? " (no writer at \(canary.router): \(canary.problem ?? "no reason given"))"
            } ?? ""
        return "RECEIPT: gap \(text(gap))\(seen)\(tries)\(expected), hold \(text(hold))\(waiting), "
            + "freeze \(text(freeze)), catch-up \(text(catchUp)), sessions cut \(sessionsCut)\(cut), "
            + "position \(before) => \(after)"
    }
}

extension OperationRecord {
    /// Milliseconds without writes; nil where no switch has come so far.
    var gap: Double? { receipt?.gap ?? steps.flatMap { Self.gap(of: $0) } }

    /// The longest time without writes, in milliseconds, by the steps of a switch: what was tried before the last freeze
    /// was a gap of its own.
    static func gap(of steps: [StepTime]) -> Double? {
        guard steps.contains(where: { $0.step == "release" }) else { return nil }
        let spans = attempts(from: "freeze", in: steps)
            .compactMap { span(from: PlanStep.gap, to: PlanStep.gap, in: $0) }
        if let longest = spans.max() { return longest }
        // Entries of earlier versions do not tell when a step began: what ran side by side counts once.
        let beside: Set = ["leave", "catch-up"]
        let gap = steps.filter { PlanStep.gap.contains($0.step) }
        let alone = gap.filter { !beside.contains($0.step) }.reduce(0) { $0 + $1.milliseconds }
        return alone + (gap.filter { beside.contains($0.step) }.map(\.milliseconds).max() ?? 0)
    }

    /// For how long new connections waited at most, in milliseconds: between two rounds nobody does.
    static func hold(of steps: [StepTime]) -> Double? {
        guard steps.contains(where: { $0.step == "release" }) else { return nil }
        let held = PlanStep.gap.union(["hold", "drain", "near"])
        return attempts(from: "hold", in: steps).compactMap { span(from: ["hold"], to: held, in: $0) }.max()
    }

    /// The steps from each step of this name to the next.
    private static func attempts(from word: String, in steps: [StepTime]) -> [[StepTime]] {
        let starts = steps.indices.filter { steps[$0].step == word }
        return zip(starts, starts.dropFirst() + [steps.count]).map { Array(steps[$0..<$1]) }
    }

    /// Milliseconds from the beginning of the first step of some words to the end of the last of others.
    static func span(from first: Set<String>, to last: Set<String>, in steps: [StepTime]) -> Double? {
        let began = steps.filter { first.contains($0.step) }.compactMap(\.began).min()
        let ended = steps.filter { last.contains($0.step) }
            .compactMap { step in step.began.map { $0 + step.milliseconds } }.max()
        guard let began, let ended, ended >= began else { return nil }
        return ended - began
    }
}

extension Coordinator {
    /// The gap that the last switches of the journal let expect, and how many they are.
    func expectedGap() -> (gap: Double?, runs: Int) {
        let gaps = board.journal.newestFirst.filter { $0.result == .done }.compactMap(\.gap).prefix(10)
        return (gaps.isEmpty ? nil : gaps.sorted()[gaps.count / 2], gaps.count)
    }
}
