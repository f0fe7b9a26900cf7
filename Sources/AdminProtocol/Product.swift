/// What this software calls itself.
package enum Product {
    package static let name = "cctrl"
    package static let version = "0.1.0"
    package static let build = 1
    /// The first line of an interactive session.
    package static let banner = "\(name) \(version) build \(build)"
}
