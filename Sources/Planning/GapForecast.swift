import ClusterModel

/// How long writes will have waited when a switch that could still be taken back has ended, by what its own steps took a
/// moment before; milliseconds.
///
/// On a saturated host the steps after the catch-up take as long as those before it, and so do the first writes.
package struct GapForecast: Hashable, Sendable {
    /// Since the freeze was begun.
    package var spent: Double
    /// What it took to tell all routers something: they are told twice more, and servers once in between.
    package var routers: Double
    /// What the last entry in the journal took: the decision is one more.
    package var store: Double
    /// What a write took before the freeze: the first after it also need new connections, which take as long again.
    package var write: Double
    /// What was to come by earlier attempts of the same switch, as `alone` said then.
    package var earlier: [Double]

    package init(
        spent: Double, routers: Double, store: Double, write: Double, earlier: [Double] = []
    ) {
        self.spent = spent
        self.routers = routers
        self.store = store
        self.write = write
        self.earlier = earlier
    }

    /// What is still to come, by what was measured for this attempt, with a tenth for what nothing could foresee.
    package var alone: Double { 1.1 * (3 * routers + store + 2 * write) }

    /// What is still to come by most of the attempts, the higher middle one where they are two: one quick moment on a
    /// host that is slow is luck, not a promise, and neither is one slow moment on a quick one.
    package var rest: Double { (earlier + [alone]).sorted()[(earlier.count + 1) / 2] }

    package var gap: Double { spent + rest }
}
