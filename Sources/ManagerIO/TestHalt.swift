import ClusterModel
import Glibc

/// A test aid: lets this manager kill itself between two steps of a switch, or amid the copy of data to another host,
/// as when its host loses power.
///
/// Where `CCTRL_TEST_HALT` is set when the manager starts, the file of that name with `.HOST` behind it can hold the
/// word of a step, such as `freeze`, or `end`. The manager of that host then removes the file and ends by SIGKILL
/// right before that step of a switch that it leads; or in the middle of a `copy` that it sends, before the `exchange` of
/// directories, or before it tells its server where it stands (`adopt`). Nothing is ever looked at where the variable is not set.
enum TestHalt {
    static func boundary(of host: HostName) -> @Sendable (String) -> Void {
        guard let prefix = getenv("CCTRL_TEST_HALT").map({ String(cString: $0) }), !prefix.isEmpty else {
            return { _ in }
        }
        let path = "\(prefix).\(host)"
        return { step in
            guard SmallFile.text(path) == step else { return }
            unlink(path)
            kill(getpid(), SIGKILL)
        }
    }
}
