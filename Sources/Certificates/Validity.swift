/// When a certificate is valid, in seconds from the moment it is made.
package struct Validity: Hashable, Sendable {
    package var start: Int
    package var end: Int

    package init(start: Int, end: Int) {
        self.start = start
        self.end = end
    }

    /// From five minutes ago, so that clocks may differ a little, for so many days.
    package static func days(_ days: Int) -> Self { Self(start: -300, end: days * 86400) }

    /// Over since yesterday.
    package static let expired = Self(start: -2 * 86400, end: -86400)
}
