import FoundationEssentials

// The gateway's JSON: 64-bit numbers are strings, keys and values base64 (which is how `Data` is coded), and every
// field that has its default is left out. Source: etcd 3.4, `Documentation/dev-guide/api_grpc_gateway.md`, rpc.proto.

/// A 64-bit number, a string on the wire; read from both forms.
struct WireNumber<Value: FixedWidthInteger & Codable & Sendable & LosslessStringConvertible>: Codable,
    Sendable
{
    var value: Value

    init(_ value: Value) { self.value = value }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            value = try container.decode(Value.self)
        } catch {
            guard let number = Value(try container.decode(String.self)) else { throw error }
            value = number
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(String(value))
    }
}

typealias Wire64 = WireNumber<Int64>
typealias WireU64 = WireNumber<UInt64>

struct WireHeader: Decodable {
    var revision: Wire64?
    var member_id: WireU64?
    var raft_term: WireU64?
}

struct WirePair: Decodable {
    var key: Data
    var value: Data?
    var create_revision: Wire64?
    var mod_revision: Wire64?
    var lease: Wire64?

    var pair: EtcdPair {
        EtcdPair(
            key: String(decoding: key, as: UTF8.self), value: value.map { Array($0) } ?? [],
            createRevision: create_revision?.value ?? 0, modRevision: mod_revision?.value ?? 0,
            lease: lease?.value ?? 0)
    }
}

/// An error as a reply of its own, or inside a stream.
struct WireError: Decodable {
    var code: Int?
    var grpc_code: Int?
    var message: String?
    var error: String?

    var value: EtcdError {
        EtcdError(code: code ?? grpc_code ?? 0, message: message ?? error ?? "unknown error")
    }
}

// MARK: keys

struct WireRangeRequest: Encodable {
    var key: Data
    var range_end: Data?
    var serializable: Bool?
}

struct WireRangeReply: Decodable {
    var header: WireHeader?
    var kvs: [WirePair]?
}

struct WirePutRequest: Encodable {
    var key: Data
    var value: Data
    var lease: Wire64?
}

struct WirePutReply: Decodable { var header: WireHeader? }

struct WireDeleteRequest: Encodable {
    var key: Data
    var range_end: Data?
}

struct WireDeleteReply: Decodable {
    var header: WireHeader?
    var deleted: Wire64?
}

// MARK: transactions

struct WireCompare: Encodable {
    var key: Data
    var target: String
    var result: String
    var create_revision: Wire64?
    var mod_revision: Wire64?
    var value: Data?
}

struct WireOperation: Encodable {
    var request_put: WirePutRequest?
    var request_delete_range: WireDeleteRequest?
    var request_range: WireRangeRequest?
}

struct WireTransactionRequest: Encodable {
    var compare: [WireCompare]
    var success: [WireOperation]
    var failure: [WireOperation]
}

struct WireTransactionReply: Decodable {
    struct Response: Decodable {
        var response_put: WirePutReply?
        var response_delete_range: WireDeleteReply?
        var response_range: WireRangeReply?
    }
    var header: WireHeader?
    var succeeded: Bool?
    var responses: [Response]?
}

// MARK: leases and members

struct WireLeaseGrantRequest: Encodable {
    var TTL: Wire64
    var ID: Wire64?
}

struct WireLeaseRequest: Encodable { var ID: Wire64 }

struct WireLeaseReply: Decodable {
    var ID: Wire64?
    var TTL: Wire64?
}

struct WireStreamed<Value: Decodable>: Decodable {
    var result: Value?
    var error: WireError?
}

struct WireEmpty: Codable {}

struct WireStatusReply: Decodable {
    var header: WireHeader?
    var version: String?
    var dbSize: Wire64?
    var leader: WireU64?
    var errors: [String]?
}

struct WireMembersReply: Decodable {
    struct Member: Decodable {
        var ID: WireU64?
        var name: String?
        var peerURLs: [String]?
        var clientURLs: [String]?
        var isLearner: Bool?
    }
    var members: [Member]?

    var values: [EtcdMember] {
        (members ?? []).map {
            EtcdMember(
                id: $0.ID?.value ?? 0, name: $0.name ?? "", peerURLs: $0.peerURLs ?? [],
                clientURLs: $0.clientURLs ?? [], isLearner: $0.isLearner ?? false)
        }
    }
}

struct WireMemberAddRequest: Encodable {
    var peerURLs: [String]
}

struct WireTransferRequest: Encodable {
    var targetID: WireU64
}

// MARK: watches

struct WireWatchRequest: Encodable {
    struct Create: Encodable {
        var key: Data
        var range_end: Data?
        var start_revision: Wire64?
        var progress_notify: Bool
    }
    var create_request: Create
}

struct WireWatchReply: Decodable {
    struct Event: Decodable {
        var type: String?
        var kv: WirePair?
    }
    var header: WireHeader?
    var created: Bool?
    var canceled: Bool?
    var cancel_reason: String?
    var compact_revision: Wire64?
    var events: [Event]?
}
