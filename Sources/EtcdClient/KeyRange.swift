import FoundationEssentials

/// Keys as etcd takes them.
enum KeyRange {
    static func key(_ name: String) -> Data { Data(name.utf8) }

    /// The end of the range of all keys that begin with `prefix`: the prefix with its last byte that can be raised
    /// raised; a single zero byte ("to the end") where there is none.
    static func end(ofPrefix prefix: String) -> Data {
        var bytes = Array(prefix.utf8)
        while let last = bytes.popLast() {
            if last < 0xFF {
                bytes.append(last + 1)
                return Data(bytes)
            }
        }
        return Data([0])
    }

    /// The beginning of the range of all keys that begin with `prefix`; etcd refuses an empty key.
    static func start(ofPrefix prefix: String) -> Data { prefix.isEmpty ? Data([0]) : key(prefix) }
}
