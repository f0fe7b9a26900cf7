import ClusterModel

/// One fault as the seed wants it: by roles, for who has them is known only when it happens.
package struct PlannedFault: Sendable, Equatable {
    /// From 1 on.
    package var number: Int
    package var kind: FaultKind
    package var site: SiteName
    /// How long it lasts before it is healed.
    package var length: Duration
    /// Chooses among the hosts that could be meant.
    package var pick: Int
    /// How long writes flow before it.
    package var lead: Duration

    package func choice<Value>(of values: [Value]) -> Value? {
        values.isEmpty ? nil : values[pick % values.count]
    }
}

/// The faults of a run: the same for the same seed, whatever the cluster does.
package struct FaultPlan: Sendable, Equatable {
    package var faults: [PlannedFault]

    /// - Parameter kinds: each as often as it is named.
    package init(seed: UInt64, count: Int, kinds: [FaultKind], sites: [SiteName]) {
        var numbers = SeededNumbers(seed: seed)
        faults = []
        var deck: [FaultKind] = []
        for number in 1...max(1, count) {
            // As from a deck of cards: every kind comes before one comes again.
            if deck.isEmpty { deck = kinds.shuffled(using: &numbers) }
            guard let kind = deck.popLast(), let site = sites.randomElement(using: &numbers) else { return }
            let length = Int.random(in: kind.length, using: &numbers)
            faults.append(
                PlannedFault(
                    number: number, kind: kind, site: site, length: .milliseconds(length),
                    pick: Int.random(in: 0..<1 << 20, using: &numbers),
                    lead: .milliseconds(Int.random(in: 200...1200, using: &numbers))))
        }
    }
}
