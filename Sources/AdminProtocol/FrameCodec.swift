import ClusterModel
import FoundationEssentials

/// JSON-RPC 2.0, one object a line, in both directions.
///
/// Source: https://www.jsonrpc.org/specification. The one file of the shared modules that needs a JSON library.
package enum FrameCodec {
    /// A request as a manager receives it: everything but the parameters, which the method decides.
    package struct Request: Sendable {
        package var id: Int
        package var method: String
        /// For whom a manager passes the request on; nil where it comes from the caller itself.
        package var caller: String?
        fileprivate var line: [UInt8]

        /// - Throws: `Refusal` with `invalidParameters`.
        package func parameters<Call: AdminCall>(as call: Call.Type) throws(Refusal) -> Call {
            do {
                return try JSONDecoder().decode(Parameters<Call>.self, from: Data(line)).params
            } catch {
                throw Refusal(
                    .invalidParameters, "the parameters of \(method) are not right: \(explain(error))")
            }
        }
    }

    /// A line as a client receives it.
    package enum Incoming: Sendable {
        case progress(Progress)
        /// The reply to `id`; read the result with `result(of:in:)`.
        case result(id: Int, line: [UInt8])
        /// The id is nil where the manager could not read the request's.
        case refusal(id: Int?, Refusal)
        /// A notification that this version does not know.
        case other(method: String)
    }

    // MARK: requests

    /// - Parameter caller: for whom a manager passes the request on; nil for oneself.
    package static func request<Call: AdminCall>(
        _ call: Call, id: Int, caller: String? = nil
    ) throws(Refusal) -> [UInt8] {
        try encode(RequestFrame(id: id, method: Call.method, params: call, caller: caller))
    }

    /// Reads a line that a client sent.
    /// - Throws: `ParseFailure`, which carries the id where it could be read.
    package static func readRequest(_ line: [UInt8]) throws(ParseFailure) -> Request {
        guard Nesting.isWithinLimit(line) else {
            throw ParseFailure(id: nil, refusal: tooDeep)
        }
        let head: RequestHead
        do {
            head = try JSONDecoder().decode(RequestHead.self, from: Data(line))
        } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty {
            throw ParseFailure(id: nil, refusal: Refusal(.parseError, "the line is not a JSON object"))
        } catch {
            throw ParseFailure(
                id: nil,
                refusal: Refusal(.invalidRequest, "the line is not a JSON-RPC request: \(explain(error))"))
        }
        guard head.jsonrpc == "2.0" else {
            throw ParseFailure(id: head.id, refusal: Refusal(.invalidRequest, "\"jsonrpc\" must be \"2.0\""))
        }
        guard let id = head.id else {
            throw ParseFailure(id: nil, refusal: Refusal(.invalidRequest, "\"id\" must be a whole number"))
        }
        return Request(id: id, method: head.method, caller: head.caller, line: line)
    }

    /// A line that is no request.
    package struct ParseFailure: Error, Sendable {
        package var id: Int?
        package var refusal: Refusal
    }

    // MARK: replies

    package static func result(_ value: some Codable & Sendable, id: Int) throws(Refusal) -> [UInt8] {
        try encode(ResultFrame(id: id, result: value))
    }

    package static func refusal(_ refusal: Refusal, id: Int?) -> [UInt8] {
        let frame = ErrorFrame(
            id: id,
            error: ErrorBody(
                code: refusal.code.wireCode, message: refusal.message,
                data: ErrorData(reply: refusal.code.rawValue, hint: refusal.hint)))
        // Strings and integers always encode; an empty line would be refused by the other side.
        return (try? encode(frame)) ?? []
    }

    package static func progress(_ progress: Progress) throws(Refusal) -> [UInt8] {
        try encode(NotificationFrame(method: "progress", params: progress))
    }

    /// Reads a line that a manager sent.
    /// - Throws: `Refusal` with `parseError`.
    package static func readReply(_ line: [UInt8]) throws(Refusal) -> Incoming {
        guard Nesting.isWithinLimit(line) else { throw tooDeep }
        do {
            let head = try JSONDecoder().decode(ReplyHead.self, from: Data(line))
            if let method = head.method {
                guard method == "progress" else { return .other(method: method) }
                return .progress(
                    try JSONDecoder().decode(NotificationFrame<Progress>.self, from: Data(line)).params)
            }
            if let error = head.error {
                let code =
                    error.data.flatMap { ReplyCode(rawValue: $0.reply) } ?? ReplyCode(wireCode: error.code)
                return .refusal(id: head.id, Refusal(code, error.message, hint: error.data?.hint))
            }
            guard let id = head.id else {
                throw Refusal(.parseError, "the manager sent a reply without an id")
            }
            return .result(id: id, line: line)
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(.parseError, "the manager sent a line that is not JSON-RPC: \(explain(error))")
        }
    }

    /// The typed result in a line that `readReply` called a result.
    package static func result<Reply: Codable>(of type: Reply.Type, in line: [UInt8]) throws(Refusal) -> Reply
    {
        do {
            return try JSONDecoder().decode(ResultBody<Reply>.self, from: Data(line)).result
        } catch {
            throw Refusal(.parseError, "the manager's reply is not of the expected form: \(explain(error))")
        }
    }

    // MARK: values outside the wire

    /// The same JSON for what is stored: keys sorted, so that equal values are equal bytes.
    package static func encode(_ value: some Encodable) throws(Refusal) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(value))
        } catch {
            throw Refusal(.internalError, "cannot write \(type(of: value)) as JSON: \(explain(error))")
        }
    }

    package static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws(Refusal)
        -> Value
    {
        guard Nesting.isWithinLimit(bytes) else { throw tooDeep }
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw Refusal(.parseError, "cannot read \(type): \(explain(error))")
        }
    }

    private static let tooDeep = Refusal(
        .parseError, "objects and lists lie more than \(Nesting.limit) deep within each other")

    /// A decoding error in one short sentence, without the library's debugging text.
    private static func explain(_ error: any Error) -> String {
        func place(_ path: [any CodingKey]) -> String { path.map(\.stringValue).joined(separator: ".") }
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            return "'\(place(context.codingPath + [key]))' is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            return "'\(place(context.codingPath))' has another type than expected"
        case DecodingError.dataCorrupted(let context):
            return context.codingPath.isEmpty
                ? "not JSON" : "'\(place(context.codingPath))' is not acceptable"
        default:
            return "\(error)"
        }
    }

    // MARK: frames

    private struct RequestFrame<Call: AdminCall>: Encodable {
        var jsonrpc = "2.0"
        var id: Int
        var method: String
        var params: Call
        var caller: String?
    }
    private struct RequestHead: Decodable {
        var jsonrpc: String
        var id: Int?
        var method: String
        var caller: String?
    }
    private struct Parameters<Call: AdminCall>: Decodable { var params: Call }
    private struct ResultFrame<Value: Encodable>: Encodable {
        var jsonrpc = "2.0"
        var id: Int
        var result: Value
    }
    private struct ResultBody<Value: Decodable>: Decodable { var result: Value }
    private struct NotificationFrame<Value: Codable>: Codable {
        var jsonrpc = "2.0"
        var method: String
        var params: Value
    }
    private struct ReplyHead: Decodable {
        var id: Int?
        var method: String?
        var error: ErrorBody?
    }
    private struct ErrorBody: Codable {
        var code: Int
        var message: String
        var data: ErrorData?
    }
    private struct ErrorData: Codable {
        var reply: Int
        var hint: String?
    }
    private struct ErrorFrame: Encodable {
        var jsonrpc = "2.0"
        var id: Int?
        var error: ErrorBody

        enum CodingKeys: CodingKey { case jsonrpc, id, error }

        /// JSON-RPC wants `"id": null` where the request's id is not known.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(jsonrpc, forKey: .jsonrpc)
            try container.encode(id, forKey: .id)
            try container.encode(error, forKey: .error)
        }
    }
}
