import Glibc
import Shell

/// How a person's terminal is used: what the environment and `~/.cctrlrc` come to.
struct Style {
    let usesColor: Bool
    /// A command line for output that is taller than the window; nil for none.
    let pager: String?

    init(_ personal: PersonalSettings) {
        let terminal = Settings.environment("TERM") ?? "dumb"
        let isPlain = terminal == "dumb" || Settings.environment("NO_COLOR") != nil
        usesColor = personal.colors == .always || personal.colors == .auto && !isPlain
        // A variable that is set and empty means none.
        let wished = personal.pager ?? getenv("PAGER").map { String(cString: $0) }
        let known = wished ?? (terminal == "dumb" ? "" : Self.usual)
        pager = known.isEmpty || known == "cat" ? nil : known
    }

    private static var usual: String {
        let places: [String] = ["/usr/bin/less", "/bin/less", "/usr/local/bin/less"]
        return places.contains { access($0, X_OK) == 0 } ? "less" : "more"
    }
}
