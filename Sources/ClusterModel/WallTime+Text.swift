extension WallTime {
    /// `2026-11-23 12:00 UTC`, for sentences; lists show the reader's own time.
    package var utc: String {
        // Days since 0000-03-01, so that a leap day is a year's last. Source: H. Hinnant, chrono-compatible
        // low-level date algorithms.
        let minutes = Int((Double(milliseconds) / 60_000).rounded(.down))
        let days = Int((Double(minutes) / 1440).rounded(.down)) + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let day = days - era * 146_097
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
        let rest = day - (365 * year + year / 4 - year / 100)
        let shifted = (5 * rest + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        let minute = minutes - (days - 719_468) * 1440
        return
            "\(year + era * 400 + (month <= 2 ? 1 : 0))-\(two(month))-\(two(rest - (153 * shifted + 2) / 5 + 1)) "
            + "\(two(minute / 60)):\(two(minute % 60)) UTC"
    }
}
