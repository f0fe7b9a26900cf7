import AdminProtocol

/// Who calls, as the listener learned from the connection and the client's certificate.
package struct Caller: Sendable, Hashable {
    /// The common name of the certificate's subject.
    package var name: String
    /// The organizational unit of the certificate's subject.
    package var role: AccessRole
    /// Address and port of the other end, for the log.
    package var address: String

    package init(name: String, role: AccessRole, address: String) {
        self.name = name
        self.role = role
        self.address = address
    }
}

/// What the listener asks of the engine.
///
/// The listener has already checked frames, limits, versions and the certificate; whether the caller's role
/// may call the method is the service's to decide.
package protocol AdminService: Sendable {
    /// The reply line, without line feed, for one request: a result or a refusal with the request's id.
    ///
    /// `progress` sends one line of a running request to the caller; it may be called from anywhere until the reply
    /// is returned, and does nothing once the caller has gone. The task is cancelled when the caller goes away:
    /// what that means for a running operation, the operation decides.
    func answer(
        _ request: FrameCodec.Request, from caller: Caller, progress: @escaping @Sendable (String) -> Void
    ) async -> [UInt8]

    /// The answer to a session's first request, whose versions the listener has found to be spoken here.
    func welcome(_ hello: HelloCall, for caller: Caller) throws(Refusal) -> Welcome
}
