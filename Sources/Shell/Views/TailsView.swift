import AdminProtocol
import ClusterModel

/// `datasource <ds> tails`: newest first, a row a tail, its files below.
struct TailsView {
    static let fields = [
        "host", "savedAt", "transactions", "first", "last", "readable", "binaryLog", "bytes",
    ]

    var time = TimeText.local

    func lines(_ tails: [SavedTail]) -> [String] {
        guard !tails.isEmpty else { return ["no transactions were saved there"] }
        let rows = Columns.lines(
            [["SAVED", "TRANSACTIONS", "FIRST", "LAST"]]
                + tails.map { tail in
                    [
                        time.plain(tail.savedAt), "\(tail.transactions)", tail.first.description,
                        tail.last.description,
                    ]
                })
        return [rows[0]]
            + zip(rows.dropFirst(), tails).flatMap { row, tail in
                [row, "  \(SafeLine.of(tail.readable))", "  \(SafeLine.of(tail.binaryLog))"]
            }
    }
}
