/// What is told to a router, each command in one place.
///
/// Never `set maxconn frontend`: lowered and raised again while a client waits, it makes HAProxy 2.6.12 spin until
/// its watchdog aborts the process.
extension RuntimeSocket {
    /// Whether a server of a backend gets new sessions.
    package enum ServerState: String, Sendable {
        case ready
        /// No new sessions; those that run stay.
        case drain
        /// No new sessions, taken as down.
        case maint
    }

    package func setServer(
        _ server: String, of backend: String, to state: ServerState, deadline: Duration = .milliseconds(500)
    ) async throws(RouterError) {
        try await order("set server \(backend)/\(server) state \(state.rawValue)", deadline)
    }

    /// Ends the sessions that run on a server, but not those that wait in the backend's queue.
    package func shutdownSessions(
        of server: String, in backend: String, deadline: Duration = .milliseconds(500)
    ) async throws(RouterError) {
        try await order("shutdown sessions server \(backend)/\(server)", deadline)
    }

    /// New clients are refused; sessions that run stay.
    package func disableFrontend(
        _ frontend: String, deadline: Duration = .milliseconds(500)
    ) async throws(RouterError) {
        try await order("disable frontend \(frontend)", deadline, alreadyDone: "already disabled")
    }

    package func enableFrontend(
        _ frontend: String, deadline: Duration = .milliseconds(500)
    ) async throws(RouterError) {
        try await order("enable frontend \(frontend)", deadline, alreadyDone: "already enabled")
    }

    /// Keeps new sessions of a frontend waiting, for at most `milliseconds`: the router ends the hold by itself.
    ///
    /// Needs the hold script in the router's configuration.
    package func hold(
        _ frontend: String, milliseconds: Int, deadline: Duration = .milliseconds(500)
    ) async throws(RouterError) {
        try await order("hold \(frontend) \(milliseconds)", deadline)
    }

    /// Lets waiting sessions of a frontend go on.
    package func unhold(_ frontend: String, deadline: Duration = .milliseconds(500)) async throws(RouterError)
    {
        try await order("unhold \(frontend)", deadline)
    }

    /// How many sessions of a frontend have waited since the last hold began; nil where the script does not tell.
    package func held(_ frontend: String, deadline: Duration = .milliseconds(500)) async throws(RouterError)
        -> Int?
    {
        Int(try await command("held \(frontend)", deadline: deadline))
    }

    /// Process id and counters.
    package func statistics(deadline: Duration = .milliseconds(500)) async throws(RouterError)
        -> RouterStatistics
    {
        let info = try await command("show info", deadline: deadline)
        let table = try await command("show stat", deadline: deadline)
        return try RouterStatistics(info: info, table: table)
    }

    /// Sessions that are open on one server of a backend: asked for again and again while writes wait, so nothing
    /// else is read.
    package func sessions(
        of server: String, in backend: String, deadline: Duration = .milliseconds(500)
    ) async throws(RouterError) -> Int {
        // 4: servers only; -1: all of them.
        let table = try RouterStatistics.Table(
            try await command("show stat \(backend) 4 -1", deadline: deadline))
        return table.servers.first { $0.name == server }?.current ?? 0
    }

    /// Orders answer nothing when done; any text is the reason why not.
    private func order(
        _ text: String, _ deadline: Duration, alreadyDone: String? = nil
    ) async throws(RouterError) {
        let reply = try await command(text, deadline: deadline)
        if reply.isEmpty { return }
        if let alreadyDone, reply.contains(alreadyDone) { return }
        throw .refused(command: text, reply: String(reply.prefix { !$0.isNewline }))
    }
}
