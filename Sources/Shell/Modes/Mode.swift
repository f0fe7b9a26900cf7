/// What a session looks at: the classic modes, as the prompt shows them.
package enum Mode: String, Sendable {
    /// The data service.
    case logical = "LOGICAL"
    /// The tree of hosts and processes, to look at.
    case physical = "PHYSICAL"
    /// The data service, without questions before risky commands.
    case admin = "ADMIN"
}
