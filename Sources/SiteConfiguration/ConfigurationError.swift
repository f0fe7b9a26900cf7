/// Why `tungsten.ini` cannot be used.
///
/// Nothing has been started or changed when it is thrown.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    package var path: String
    /// Counted from 1; nil where the fault has no line.
    package var line: Int?
    /// A sentence that says what is wrong and what is accepted.
    package var message: String

    package init(path: String, line: Int? = nil, message: String) {
        self.path = path
        self.line = line
        self.message = message
    }

    package var description: String { place(path, line) + message }
}

/// Something in `tungsten.ini` that does no harm and that an operator may want to know.
package struct ConfigurationNote: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// A classic option for which this software has no use.
        case unused
        /// An option that nobody knows; perhaps misspelled.
        case unknown
        /// Worth changing.
        case caution
    }

    package var kind: Kind
    package var path: String
    /// Counted from 1; nil where the note has no line.
    package var line: Int?
    package var message: String

    package init(kind: Kind, path: String, line: Int? = nil, message: String) {
        self.kind = kind
        self.path = path
        self.line = line
        self.message = message
    }

    package var description: String { place(path, line) + message }
}

/// What a reading of `tungsten.ini` gives.
package struct ConfigurationReading: Sendable, Equatable {
    package var configuration: ClusterConfiguration
    package var notes: [ConfigurationNote]

    package init(configuration: ClusterConfiguration, notes: [ConfigurationNote]) {
        self.configuration = configuration
        self.notes = notes
    }
}

private func place(_ path: String, _ line: Int?) -> String {
    line.map { "\(path):\($0): " } ?? "\(path): "
}
