import Glibc

/// When each part of a run was done, for those who measure it.
///
/// With `CCTRL_STAGES=1` in the environment every mark is a line of the error output: `STAGE`, a name, and
/// nanoseconds of CLOCK_MONOTONIC, which all processes of a machine share. `cctrl-sandbox bench` reads them.
enum Stages {
    private static let isOn = getenv("CCTRL_STAGES") != nil

    static func mark(_ name: StaticString) {
        guard isOn else { return }
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let line = "STAGE \(name) \(time.tv_sec * 1_000_000_000 + time.tv_nsec)\n"
        _ = write(STDERR_FILENO, line, line.utf8.count)
    }
}
