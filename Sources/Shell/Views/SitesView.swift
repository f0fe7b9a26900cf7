import ClusterModel
import TerminalText

/// `ls` at the root: the names of all data services.
enum SitesView {
    static func lines(_ sites: [SiteName]) -> [String] {
        [""] + Box.around(Box.rows("DATA SERVICES:")) + sites.sorted().map(\.description) + [""]
    }
}
