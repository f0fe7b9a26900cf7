import ClusterModel
import Glibc
import SiteConfiguration

/// Slow and lossy ways: their packets take a detour over a process in the middle (`PacketWire`).
extension SandboxNetwork {
    /// Ways on which packets are late or lost now.
    func wires(_ directory: SandboxDirectory) -> [WireSetting] {
        let hosts = Dictionary(uniqueKeysWithValues: hosts.map { (address($0), $0) })
        return (Files.text(directory.wires) ?? "").split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 5, let source = hosts[words[0]], let target = hosts[words[1]],
                let delay = Int(words[2]), let jitter = Int(words[3]), let loss = Double(words[4])
            else { return nil }
            return WireSetting(
                way: NetworkWay(source: source, target: target), delay: delay, jitter: jitter, loss: loss)
        }
    }

    /// Changes the settings of ways; those that do nothing any more are taken away.
    func setWires(
        _ ways: Set<NetworkWay>, _ directory: SandboxDirectory, program: String,
        _ change: (inout WireSetting) -> Void
    ) throws {
        let before = wires(directory)
        var settings = before.filter { !ways.contains($0.way) }
        for way in ways {
            var setting = before.first { $0.way == way } ?? WireSetting(way: way)
            change(&setting)
            if !setting.isNothing { settings.append(setting) }
        }
        settings.sort { $0.way < $1.way }
        let wanted = Set(settings.map(\.way))
        // Off the detour before its process hears of it; onto it once it runs.
        for way in Set(before.map(\.way)).subtracting(wanted).sorted() { try detour("del", way) }
        guard !settings.isEmpty else { return try Files.remove(directory.wires) }
        let lines = settings.map {
            "\(address($0.way.source)) \(address($0.way.target)) \($0.delay) \($0.jitter) \($0.loss)"
        }
        try Files.write(lines.joined(separator: "\n") + "\n", to: directory.wires)
        try startWire(directory, program)
        let known = try detours()
        for way in wanted.subtracting(known).sorted() { try detour("add", way) }
    }

    private func startWire(_ directory: SandboxDirectory, _ program: String) throws {
        let entry = try entry(namespace: middle)
        let present = entry + ["/usr/bin/test", "-e", "/proc/sys/net/ipv4/conf/\(PacketWire.device)"]
        func isThere() throws -> Bool {
            try Spawn.run(present[0], Array(present.dropFirst()), seconds: 5).status == 0
        }
        if try isThere() { return }
        let log = directory.path + "/wire.log"
        _ = try Spawn.daemon(program, ["wire", "--dir", directory.path], entering: entry, log: log)
        guard try Deadline(seconds: 5).wait(until: isThere) else {
            try Files.remove(directory.wires)
            throw SandboxError("packets cannot be delayed here: \(Files.tail(log))")
        }
        try ip(in: middle, "link set \(PacketWire.device) up")
        try ip(in: middle, "route replace default dev \(PacketWire.device) table 100")
        // What comes out of the process goes on as usual.
        if !(try ask(in: middle, "rule show").contains("iif \(PacketWire.device)")) {
            try ip(in: middle, "rule add iif \(PacketWire.device) lookup main pref 1500")
        }
    }

    private func detours() throws -> Set<NetworkWay> {
        let hosts = Dictionary(uniqueKeysWithValues: hosts.map { (address($0), $0) })
        var ways: Set<NetworkWay> = []
        for line in try ask(in: middle, "rule show").split(separator: "\n") {
            // 2000:   from 198.18.1.1 to 198.18.1.2 lookup 100
            let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
            guard words.count == 7, words[0] == "2000:", let source = hosts[words[2]],
                let target = hosts[words[4]]
            else { continue }
            ways.insert(NetworkWay(source: source, target: target))
        }
        return ways
    }

    private func detour(_ verb: String, _ way: NetworkWay) throws {
        try ip(
            in: middle,
            "rule \(verb) from \(address(way.source)) to \(address(way.target)) lookup 100 pref 2000")
    }
}
