import ClusterModel
import Glibc

/// Instants in the classic form, `[2025/01/02 03:31:31 PM UTC]`.
package struct TimeText: Sendable {
    /// The zone of this machine (`TZ`).
    package static let local = TimeText(isLocal: true)
    package static let utc = TimeText(isLocal: false)

    private let isLocal: Bool

    package func callAsFunction(_ instant: WallTime) -> String {
        let zone = isLocal ? "%Z" : "UTC"
        return format(instant, "[%Y/%m/%d %I:%M:%S %p \(zone)]")
    }

    /// The form that stands before lines of detailed output, `2025/01/02 15:31:31`.
    package func plain(_ instant: WallTime) -> String { format(instant, "%Y/%m/%d %H:%M:%S") }

    private func format(_ instant: WallTime, _ format: String) -> String {
        // Rounded down, so that instants before 1970 do not jump a second.
        let milliseconds = instant.milliseconds
        var seconds = time_t(milliseconds / 1000)
        if milliseconds % 1000 < 0 { seconds -= 1 }
        var parts = tm()
        if isLocal {
            // localtime_r alone need not look at TZ.
            tzset()
            guard localtime_r(&seconds, &parts) != nil else { return "[]" }
        } else {
            guard gmtime_r(&seconds, &parts) != nil else { return "[]" }
        }
        var buffer = [CChar](repeating: 0, count: 64)
        let count = strftime(&buffer, buffer.count, format, &parts)
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
