/// Why a router did not do what it was told.
package enum RouterError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nothing answers at the socket: the router does not run.
    case unreachable(String)
    /// It did not answer in time; whether it did what it was told is not known.
    case timeout(command: String)
    /// The connection ended before the reply; whether it did what it was told is not known.
    case lost(command: String, String)
    /// It answered, and the answer is an error.
    case refused(command: String, reply: String)
    /// It answered something that cannot be read.
    case malformed(String)

    package var description: String {
        switch self {
        case .unreachable(let why): "the router does not answer: \(why)"
        case .timeout(let command): "the router did not answer '\(command)' in time"
        case .lost(let command, let why): "the router's connection ended during '\(command)': \(why)"
        case .refused(let command, let reply): "the router refused '\(command)': \(reply)"
        case .malformed(let what): "the router's answer cannot be read: \(what)"
        }
    }
}
