import AdminProtocol

/// What a manager asks of its server's process; used only where the server itself does not answer.
package protocol ServerProcess: Sendable {
    func condition() async -> ProcessCondition

    /// Ends the process at once; every acknowledged transaction is on its disk.
    /// - Throws: where it may not be done, or is not known which process it is.
    func kill() async throws(Refusal)
}

/// A process as the system sees it.
package enum ProcessCondition: Hashable, Sendable {
    case gone
    /// Stopped by a signal.
    case stopped
    /// It runs, waits, or is held by a debugger, which may only take a snapshot of it.
    ///
    /// It has used so much processor time in all, in clock ticks.
    case running(ticks: UInt64)
    /// It is not known which process it is.
    case unknown
}
