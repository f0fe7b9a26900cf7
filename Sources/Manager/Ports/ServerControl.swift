import AdminProtocol
import ClusterModel

/// What a manager asks of a MariaDB server; each call is a few statements, bounded by the server itself.
package protocol ServerControl: Sendable {
    /// Looks at the server; a server that does not answer is a state, not an error.
    func observe() async -> ServerReport

    /// What replication's threads do now, a line each.
    func appliers() async throws(Refusal) -> [String]

    /// What the server has logged itself.
    func logged() async throws(Refusal) -> GTIDPosition

    /// Waits until `position` is executed.
    /// - Returns: false where `limit` passed first.
    func awaitExecuted(_ position: GTIDPosition, limit: Duration) async throws(Refusal) -> Bool

    func setReadOnly(_ readOnly: Bool) async throws(Refusal)

    /// Lets the server take writes, in one statement with whether its commits wait for receipts.
    func open(waits: Bool) async throws(Refusal)

    /// Whether the server gives a sign of life; nothing that it does for others keeps the answer back.
    func lifeSign(deadline: Duration) async -> LifeSign

    /// Waits until the server ends an idle connection: one that dies does so at once.
    /// - Returns: false where `limit` passed first, or there was no connection.
    func awaitEnd(limit: Duration) async -> Bool

    /// Closes the server for writes and ends its clients' sessions meanwhile: a commit that waits for a receipt would
    /// keep it from being closed.
    /// - Returns: how many sessions were ended.
    /// - Throws: where it is not closed after `limit`.
    func fence(limit: Duration) async throws(Refusal) -> Int

    /// Makes the server use the certificate files as they are now, for new connections.
    func renewTLS() async throws(Refusal)

    /// Whether commits wait for a replica's receipt, and then for as long as it takes.
    func setSemiSync(_ enabled: Bool) async throws(Refusal)

    /// Tells this server that a replica has received its log up to a place; the receipt itself was lost.
    func confirm(_ place: LogPlace) async throws(Refusal)

    /// Whether this server sends receipts; takes effect when a connection starts.
    func setReceipts(_ enabled: Bool) async throws(Refusal)

    /// Points a replication connection at `host`; it must be stopped or not exist yet.
    /// - Parameters:
    ///   - link: empty for the connection inside the site, else the remote site's name.
    ///   - demote: whether replication goes on where the server's own log ends, as for an old primary; no connection
    ///     may run then.
    func changeSource(link: String, to host: HostName, address: String, demote: Bool) async throws(Refusal)

    func startLink(_ link: String) async throws(Refusal)
    func stopLink(_ link: String) async throws(Refusal)
    /// Reads no more from the source; what was received goes on being applied.
    /// - Throws: `timedOut` where it has not ended after `limit`; it ends by itself then.
    func stopReceiving(_ link: String, limit: Duration) async throws(Refusal)
    /// Stops the connection and forgets it.
    func removeLink(_ link: String) async throws(Refusal)
    /// Stops the only connection in the middle of its work and forgets it.
    ///
    /// The next one reads again what was not executed. Commits may not wait for receipts meanwhile.
    func abandonLink(_ link: String) async throws(Refusal)

    /// Begins a new file of the binary log, unless `bytes` at most are in the one that is written.
    ///
    /// Who connects by GTID has the source read that file from its beginning: 5 ms of its processor a megabyte (10.11.19,
    /// small rows).
    func beginLogFile(beyond bytes: Int) async throws(Refusal)

    /// Makes ready what takes as long as a freeze itself; the server lets go of it by itself.
    func prepareFreeze() async throws(Refusal)

    /// Lets no transaction commit until `thaw`, or until `expiry` has passed.
    /// - Parameter limit: how long running statements may keep the lock from being granted.
    func freeze(limit: Duration, expiry: Duration) async throws(Refusal)
    func thaw() async throws(Refusal)

    /// Ends the sessions of clients whose statements wait for the freeze to end.
    /// - Returns: how many there were.
    func endWaiting() async throws(Refusal) -> Int

    /// The events of the scheduler that move with the primary's role.
    func events() async throws(Refusal) -> EventReport

    /// Lets an event run here or rest, and keeps it as it is otherwise; other servers hear nothing of it.
    func set(_ change: EventChange) async throws(Refusal)

    /// Moves the domain's sequence numbers on by `distance` with the next transaction, and logs that transaction.
    func skipAhead(by distance: UInt64) async throws(Refusal)

    /// Writes this host's heartbeat row.
    func heartbeat() async throws(Refusal)

    /// Ends every client session but those of managers and replication.
    /// - Returns: how many were ended.
    func cutClients() async throws(Refusal) -> Int

    /// Sessions of clients that hold a transaction with changes or locks, or run a statement that changes something;
    /// oldest first, a hundred at most.
    func openTransactions() async throws(Refusal) -> [OpenTransaction]

    /// Ends a session; one that has ended by itself is no error.
    func endSession(_ id: Int) async throws(Refusal)

    /// Sessions that hold a transaction or run a statement, oldest first, as sentences.
    func blockers() async throws(Refusal) -> [String]

    /// Sessions of clients, those of managers and replication left out, oldest first.
    func sessions() async throws(Refusal) -> [ClientSession]

    /// Says what the server has executed and what came before that, after its data came from elsewhere; no connection
    /// of it may run.
    ///
    /// Its binary log begins anew: one that lies elsewhere than the data is still that of the former data.
    func adopt(_ position: GTIDPosition, past: GTIDHistory) async throws(Refusal)

    /// Where the server keeps its data, and the list of its binary log's files.
    func place() async throws(Refusal) -> (data: String, logIndex: String)

    /// Whether no commit since `time`, in seconds since 1970, can have been told to a client without a replica's
    /// receipt; false where the server has not run, or was not watched, since before that.
    func hasToldNothing(since time: Int64) async throws(Refusal) -> Bool

    /// Where the server keeps its data.
    func dataDirectory() async throws(Refusal) -> String
}

/// What came of asking a server for a sign of life.
package enum LifeSign: Hashable, Sendable {
    case alive
    /// No answer in time, or none that makes sense: it may hang, or be busy.
    case silent
    /// Nothing listens where it should.
    case refused
}
