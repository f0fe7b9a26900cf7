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
    /// What a write took before the freeze.
    package var write: Double

    package init(spent: Double, routers: Double, store: Double, write: Double) {
        self.spent = spent
        self.routers = routers
        self.store = store
        self.write = write
    }

    /// What is still to come.
    package var rest: Double { 3 * routers + store + write }

    package var gap: Double { spent + rest }
}
