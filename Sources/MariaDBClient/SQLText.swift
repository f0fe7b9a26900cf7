/// Values and names as they stand in a statement.
///
/// Sessions run with an SQL mode without NO_BACKSLASH_ESCAPES and ANSI_QUOTES, so one way of quoting is right.
package enum SQLText {
    /// `it's` as `'it\'s'`.
    package static func quoted(_ text: String) -> String {
        var result = "'"
        for scalar in text.unicodeScalars {
            switch scalar {
            case "'": result += "\\'"
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\0": result += "\\0"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\u{1A}": result += "\\Z"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "'"
    }

    /// A name of a schema, table or column in backticks.
    package static func identifier(_ name: String) -> String {
        var result = "`"
        for character in name.unicodeScalars {
            result.unicodeScalars.append(character)
            if character == "`" { result += "`" }
        }
        return result + "`"
    }
}
