import AdminProtocol
import ClusterModel
import CommandGrammar
import Shell

/// What must hold for every input.
package enum FuzzChecks {
    /// Tokenizer, grammar, completion and `?` on a line.
    ///
    /// - Returns: what does not hold; nil where everything does.
    package static func problem(line bytes: [UInt8], cursor: Int) -> String? {
        let line = String(decoding: bytes, as: UTF8.self)
        let length = line.utf8.count
        let statements = Tokenizer.statements(line)
        for statement in statements {
            if statement.tokens.isEmpty { return "a command without words" }
            if statement.range.lowerBound < 0 || statement.range.upperBound > length {
                return "a command outside its line"
            }
        }
        let isLogical = bytes.count % 4 != 0
        for grammar in isLogical ? [CommandTable.grammar] : [CommandTable.physicalGrammar] {
            for statement in statements {
                if let problem = problem(statement, grammar, line) { return problem }
            }
            let offer = grammar.complete(line, cursor: cursor) { names($0) }
            let end = min(max(0, cursor), length)
            if offer.start < 0 || offer.start > max(end, length) { return "a completion outside its line" }
            if offer.candidates != Set(offer.candidates).sorted() { return "candidates that are not sorted" }
            let list = grammar.expectations(line, cursor: cursor) { kind in
                names(kind).map { Expectation(word: $0, note: "") }
            }
            if Set(list.map(\.word)).count != list.count { return "something is offered twice" }
            if list.contains(where: { $0.word.isEmpty }) { return "an offer without a word" }
        }
        _ = CommandLineCompletion.words("cctrl " + line, point: cursor) { names($0) }
        _ = CommandLineCompletion.options("cctrl " + line, point: cursor)
        return nil
    }

    private static func problem(_ statement: Statement, _ grammar: Grammar, _ line: String) -> String? {
        do throws(GrammarError) {
            let match = try grammar.match(statement)
            if !grammar.entries.indices.contains(match.entry) { return "a command that does not exist" }
            let entry = grammar.entries[match.entry]
            if !entry.patterns.indices.contains(match.pattern) { return "a pattern that does not exist" }
            // Said again in full words, it is the same command.
            for (name, value) in match.values where value.isEmpty { return "an empty value for \(name)" }
        } catch {
            if error.message.isEmpty { return "an error without words" }
            let pointer = error.pointer(in: line)
            if !pointer.isEmpty, pointer.count != 2 { return "a pointer of \(pointer.count) lines" }
            if pointer.contains(where: \.isEmpty) { return "an empty pointer" }
        }
        return nil
    }

    /// The words that a site would have.
    private static func names(_ kind: String) -> [String] {
        switch kind {
        case "datasource", "host", "configured-host": ["east1", "east2", "söder"]
        case "site": ["east", "west", ".."]
        case "router": ["*", "east1"]
        case "service": ["*/mysql", "east1/router"]
        default: []
        }
    }

    /// The decoder of the protocol's lines, from both ends.
    package static func problem(frame bytes: [UInt8]) -> String? {
        do throws(FrameCodec.ParseFailure) {
            let request = try FrameCodec.readRequest(bytes)
            do throws(Refusal) {
                _ = try request.parameters(as: SwitchCall.self)
            } catch {
                if error.code != .invalidParameters { return "parameters refused as \(error.code)" }
            }
        } catch {
            if ![.parseError, .invalidRequest].contains(error.refusal.code) {
                return "a request refused as \(error.refusal.code)"
            }
        }
        do throws(Refusal) {
            guard case .result(_, let line) = try FrameCodec.readReply(bytes) else { return nil }
            _ = try FrameCodec.result(of: Outcome.self, in: line)
        } catch {
            if error.message.isEmpty { return "a refusal without words" }
        }
        return nil
    }
}
