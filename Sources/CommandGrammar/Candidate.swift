/// A form that a line may still become.
struct Candidate: Sendable {
    var entry: Int
    var pattern: Int
    var form: [CommandPattern.Element]
    var isHidden = false
    var position = 0
    var values: [String: String] = [:]
    var places: [String: Range<Int>] = [:]
    var words: [String] = []

    var next: CommandPattern.Element? { position < form.count ? form[position] : nil }
    var isComplete: Bool { position == form.count }
    var match: Match {
        Match(entry: entry, pattern: pattern, values: values, words: words, places: places)
    }

    /// The table's own words that may come next.
    var nextWords: [String] {
        switch next {
        case .word(let word): [word]
        case .choice(_, let words): words
        case .value, nil: []
        }
    }

    func taking(word: String, at place: Range<Int>) -> Candidate {
        var copy = self
        if case .choice(let name, _) = next {
            copy.values[name] = word
            copy.places[name] = place
        } else {
            copy.words.append(word)
        }
        copy.position += 1
        return copy
    }

    func taking(value: String, as name: String, at place: Range<Int>) -> Candidate {
        var copy = self
        copy.values[name] = value
        copy.places[name] = place
        copy.position += 1
        return copy
    }
}

/// One word's effect on the candidates.
struct Step {
    /// What is left after the word; empty where nothing fits.
    var next: [Candidate]
    /// The words that an abbreviation could stand for, where it decided.
    var ambiguous: [String] = []

    init(_ live: [Candidate], _ token: Token, _ shapes: [String: @Sendable (String) -> Bool]) {
        let typed = Array(token.text.utf8)
        var exact: [Candidate] = []
        var valued: [Candidate] = []
        var abbreviated: [(word: String, candidate: Candidate)] = []
        for candidate in live {
            if case .value(let name) = candidate.next {
                let isOption = token.text.hasPrefix("-") && !token.quoted
                if !isOption && !token.text.isEmpty && shapes[name]?(token.text) ?? true {
                    valued.append(candidate.taking(value: token.text, as: name, at: token.range))
                }
                continue
            }
            for word in candidate.nextWords {
                switch Likeness(word, typed) {
                case .same: exact.append(candidate.taking(word: word, at: token.range))
                case .beginning where !typed.isEmpty && !word.hasPrefix("-"):
                    abbreviated.append((word, candidate.taking(word: word, at: token.range)))
                case .beginning, .other: break
                }
            }
        }
        if !exact.isEmpty || !valued.isEmpty {
            next = exact.isEmpty ? valued : exact
            return
        }
        // A refused form is meant only where no other word is.
        let shown = Set(abbreviated.filter { !$0.candidate.isHidden }.map(\.word))
        let meant = abbreviated.filter { shown.isEmpty || shown.contains($0.word) }
        next = meant.map(\.candidate)
        ambiguous = Array(Set(meant.map(\.word))).sorted()
    }
}

/// How a typed word compares with one of a table, capital letters of ASCII counting as small ones.
enum Likeness {
    case same
    /// The typed word is the beginning of the table's.
    case beginning
    case other

    init(_ word: String, _ typed: [UInt8]) {
        var rest = word.utf8.makeIterator()
        for byte in typed {
            guard let other = rest.next(), Self.small(other) == Self.small(byte) else {
                self = .other
                return
            }
        }
        self = rest.next() == nil ? .same : .beginning
    }

    private static func small(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 32 : byte
    }
}
