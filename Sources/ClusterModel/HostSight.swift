/// A host as another host of its site sees it over the network, without its manager's word.
package struct HostSight: Codable, Hashable, Sendable {
    /// `online`: the server gives signs of life; `stopped`: nothing listens there; `timeout`: no answer at all.
    package var server: ComponentState
    /// Of the manager's port, in the same words.
    package var manager: ComponentState
    /// Looks in a row that found the same.
    package var looks: Int
    /// The server was seen to serve when its manager's lease had ended: then nobody closes it by itself.
    package var servesAlone: Bool

    package init(
        server: ComponentState, manager: ComponentState, looks: Int = 1, servesAlone: Bool = false
    ) {
        self.server = server
        self.manager = manager
        self.looks = looks
        self.servesAlone = servesAlone
    }

    /// What was found more than once: a lost packet is not a failure.
    package var isConfirmed: Bool { looks >= 2 }

    /// The server does not answer, nor does its host refuse.
    package var isSilent: Bool { server == .timeout }
}
