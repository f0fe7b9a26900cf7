import ClusterModel

/// Why an operation must not run: a fact, not a sentence.
///
/// `Manager/RefusalText` has the words.
package enum PlanRefusal: Error, Hashable, Sendable {
    case noSuchDataSource(HostName)
    /// The name is that of a host without a data source.
    case isWitness(HostName)
    case noPrimary
    case alreadyPrimary(HostName)
    case operationRunning(RunningOperation)
    /// The primary's server or manager is not there to hand over.
    case primaryNotServing(HostName, ComponentState)
    case primaryNotOnline(HostName, DataSourceState)
    /// The primary's commits wait for room on its disk, at this directory.
    case primaryDiskFull(HostName, String)
    /// A failover is asked for while the primary serves.
    case primaryStillServes(HostName)
    /// A router that cannot be told to hold its clients.
    case routerUnmanaged(HostName)
    case notCandidate(HostName, CandidateObjection)
    case noCandidate([HostName: CandidateObjection])
    /// A failover target that lacks transactions which another replica has received.
    case behind(HostName, best: HostName, missing: UInt64)
    /// A server that is not to be copied; without an objection it is the one whose data is to be replaced.
    case notDonor(HostName, CandidateObjection?)
    /// No server of the site can be copied.
    case noDonor([HostName: CandidateObjection])
    /// Nothing closes the old primary's server, and nobody can look whether it takes writes.
    case notClosed(HostName)
    /// The site ran without a second copy: what was acknowledged meanwhile may be on the old primary alone.
    case ranAlone(HostName, since: WallTime)
    /// The candidate's applier stands, with so many transactions to execute that nobody else may have; and its error.
    case standing(HostName, rest: UInt64, error: String)
    /// A host that has told of transactions which the candidate has not, and does not answer any more.
    case fellSilent(HostName, more: UInt64, than: HostName)
    /// Replicas that do not answer may be the only ones that hold an acknowledged transaction.
    case unproven(HostName, unheard: [HostName])
}

/// Why a replica cannot become the primary now.
package enum CandidateObjection: Hashable, Sendable {
    case managerStopped
    case state(DataSourceState, reason: String)
    case server(ComponentState)
    case replicatorMissing
    case replicator(ComponentState, error: String)
    case wrongSource(HostName?)
    case latency(seconds: Double, limit: Double)
    /// The directory whose disk is full.
    case diskFull(String)
}
