import CommandGrammar
import Shell

/// Makes inputs: lines of the shell's own words, damaged ones, and bytes of any kind.
package struct FuzzInputs: Sendable {
    private let words: [String]
    private let corpus: [[UInt8]]

    /// - Parameter corpus: inputs that once broke something, to be damaged anew.
    package init(corpus: [[UInt8]] = []) {
        let grammars = [CommandTable.grammar, CommandTable.physicalGrammar]
        var own: Set<String> = []
        for entry in grammars.flatMap(\.entries) {
            own.formUnion(entry.options.flatMap(\.names))
            for element in entry.patterns.flatMap(\.forms).joined() {
                switch element {
                case .word(let word): own.insert(word)
                case .choice(_, let choices): own.formUnion(choices)
                case .value(let name): own.insert("<\(name)>")
                }
            }
        }
        words = own.sorted() + Self.others
        self.corpus = corpus
    }

    private static let others = [
        "east1", "east1@east", "söder", "x@", "@", "connector@east1[6117]", "connector@[", "[]", "*",
        "*/mysql", "/", "//", "..", "resource:/east/east1", "*/*/manager/ServiceManager/diag", "east", "-l",
        "--", "-", "--fields=a,b", "--json=1", "=", ",", "\u{0}", "\u{1b}[31m", "🙂", "e\u{301}", "\u{feff}",
        "\u{200b}", "'", "\"", "'a b'", "\"'\"", ";", "#", "&", ">", ">>", "<", "> x", "\n", "\r", "\t", "",
        String(repeating: "a", count: 300), String(repeating: "'", count: 9), "-host", "-e", "cctrl",
    ]

    private static let frames = [
        #"{"jsonrpc":"2.0","id":1,"method":"site.status","params":{"reports":false}}"#,
        #"{"jsonrpc":"2.0","id":7,"method":"site.switch","params":{"force":false,"target":"east2"}}"#,
        #"{"jsonrpc":"2.0","method":"progress","params":{"line":"SELECTED SLAVE: east2@east","request":4}}"#,
        #"{"id":4,"jsonrpc":"2.0","result":{"complete":true,"lines":["DONE"]}}"#,
        #"{"error":{"code":8001,"data":{"reply":8001,"hint":"x"},"message":"no"},"id":null,"jsonrpc":"2.0"}"#,
        #"{"id":9,"jsonrpc":"2.0","result":[{"host":"east1","address":"127.1.0.1","port":9997,"online":true}]}"#,
    ].map { Array($0.utf8) }

    private static let jsonPieces = [
        "{", "}", "[", "]", "\"", "\\", ",", ":", "null", "true", "-1", "1e999", "\\u0000", "\\ud800", "2.0",
        "id",
        "method", "params", "result", "error", "\u{0}", "\n",
    ].map { Array($0.utf8) }

    /// A line as somebody could type it.
    package func line(_ random: inout FuzzGenerator) -> [UInt8] {
        switch random.below(8) {
        case 0: return (0..<random.below(60)).map { _ in UInt8(random.below(256)) }
        case 1:
            guard var known = random.pick(corpus) else { fallthrough }
            damage(&known, &random)
            return known
        default:
            var text = ""
            for _ in 0...random.below(7) {
                text += random.pick(words) ?? ""
                if !random.oneIn(6) { text += " " }
            }
            var bytes = Array(text.utf8)
            if random.oneIn(3) { damage(&bytes, &random) }
            return bytes
        }
    }

    /// A line as a peer could send it.
    package func frame(_ random: inout FuzzGenerator) -> [UInt8] {
        if random.oneIn(10) { return (0..<random.below(80)).map { _ in UInt8(random.below(256)) } }
        if random.oneIn(40) {
            return Array(String(repeating: random.oneIn(2) ? "[" : "{\"a\":", count: random.below(900)).utf8)
        }
        var frame = random.pick(random.oneIn(6) && !corpus.isEmpty ? corpus : Self.frames) ?? []
        for _ in 0...random.below(4) { damage(&frame, &random) }
        return frame
    }

    /// Cuts, doubles, swaps or changes something.
    private func damage(_ bytes: inout [UInt8], _ random: inout FuzzGenerator) {
        guard !bytes.isEmpty else {
            bytes = Self.jsonPieces.first ?? []
            return
        }
        let place = random.below(bytes.count)
        switch random.below(6) {
        case 0: bytes.remove(at: place)
        case 1: bytes[place] = UInt8(random.below(256))
        case 2: bytes.removeSubrange(place...)
        case 3: bytes.insert(contentsOf: random.pick(Self.jsonPieces) ?? [], at: place)
        case 4:
            bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + random.below(20) + 1)], at: place)
        default: bytes[place] ^= UInt8(1 << random.below(8))
        }
    }
}
