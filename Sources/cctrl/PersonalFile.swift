import Glibc
import Shell
import TerminalText

/// `~/.cctrlrc`.
enum PersonalFile {
    private static let longest = 64 * 1024

    /// What is set there, and sentences about what is wrong with it.
    static func read() -> (settings: PersonalSettings, complaints: [String]) {
        let nothing = (PersonalSettings(), [String]())
        guard let home = Settings.environment("HOME") else { return nothing }
        let descriptor = open(home + "/.cctrlrc", O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            guard errno != ENOENT else { return nothing }
            return (
                PersonalSettings(), ["WARNING: cannot read ~/.cctrlrc: \(String(cString: strerror(errno)))"]
            )
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: longest)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else {
            return (
                PersonalSettings(), ["WARNING: cannot read ~/.cctrlrc: \(String(cString: strerror(errno)))"]
            )
        }
        let text = String(decoding: bytes[..<count], as: UTF8.self)
        let (settings, complaints) = PersonalSettings.parse(text)
        let lines = complaints.map {
            SafeText.clean("WARNING: ~/.cctrlrc, line \($0.line): \($0.message); the line is left out")
        }
        return (settings, lines)
    }
}
