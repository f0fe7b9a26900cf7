import FoundationEssentials

extension EtcdClient {
    /// Does `success` where every condition holds, else `failure`; all of it or nothing.
    ///
    /// A transaction whose answer is lost is not sent again: `EtcdError.unknownOutcome`. With `repeatable` it is,
    /// which is right where doing it twice, or finding one's own first attempt, does no harm.
    package func transaction(
        compare: [EtcdCompare], success: [EtcdOperation], failure: [EtcdOperation] = [],
        repeatable: Bool = false,
        deadline: Duration = EtcdClient.deadline
    ) async throws(EtcdError) -> EtcdTransaction {
        let request = WireTransactionRequest(
            compare: compare.map(\.wire), success: success.map(\.wire), failure: failure.map(\.wire))
        let reply: WireTransactionReply = try await call("kv/txn", request, deadline, repeatable: repeatable)
        return EtcdTransaction(
            succeeded: reply.succeeded ?? false, revision: reply.header?.revision?.value ?? 0,
            replies: (reply.responses ?? []).map { response in
                if let range = response.response_range { return .range((range.kvs ?? []).map(\.pair)) }
                if let removed = response.response_delete_range {
                    return .deleted(removed.deleted?.value ?? 0)
                }
                return .put
            })
    }
}

extension EtcdCompare {
    fileprivate var wire: WireCompare {
        switch self {
        case .exists(let key, let exists):
            // A key that does not exist has the create revision 0.
            WireCompare(
                key: KeyRange.key(key), target: "CREATE", result: exists ? "GREATER" : "EQUAL",
                create_revision: Wire64(0))
        case .createRevision(let key, let revision):
            WireCompare(
                key: KeyRange.key(key), target: "CREATE", result: "EQUAL", create_revision: Wire64(revision))
        case .modRevision(let key, let revision):
            WireCompare(
                key: KeyRange.key(key), target: "MOD", result: "EQUAL", mod_revision: Wire64(revision))
        case .value(let key, let value):
            WireCompare(key: KeyRange.key(key), target: "VALUE", result: "EQUAL", value: Data(value))
        }
    }
}

extension EtcdOperation {
    fileprivate var wire: WireOperation {
        switch self {
        case .put(let key, let value, let lease):
            WireOperation(
                request_put: WirePutRequest(
                    key: KeyRange.key(key), value: Data(value), lease: lease == 0 ? nil : Wire64(lease)))
        case .delete(let key):
            WireOperation(request_delete_range: WireDeleteRequest(key: KeyRange.key(key)))
        case .deletePrefix(let prefix):
            WireOperation(
                request_delete_range: WireDeleteRequest(
                    key: KeyRange.start(ofPrefix: prefix), range_end: KeyRange.end(ofPrefix: prefix)))
        case .get(let key):
            WireOperation(request_range: WireRangeRequest(key: KeyRange.key(key)))
        case .getPrefix(let prefix):
            WireOperation(
                request_range: WireRangeRequest(
                    key: KeyRange.start(ofPrefix: prefix), range_end: KeyRange.end(ofPrefix: prefix)))
        }
    }
}
