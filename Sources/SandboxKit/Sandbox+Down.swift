import SiteConfiguration

extension Sandbox {
    /// Stops every process of the sandbox; with `purge` removes what the sandbox made, its data included.
    package func down(purge: Bool = false) throws {
        guard try directory.state() == .ours else {
            report("there is no sandbox in '\(directory.path)'; nothing to do")
            return
        }
        let lock = try directory.lock()
        defer { withExtendedLifetime(lock) {} }
        if !purge || Files.exists(directory.configuration) { try stopAll(keepingData: !purge) }
        guard purge else { return }
        try step("data and files") {
            let left = try directory.purge()
            guard !left.isEmpty else { return "removed" }
            return "removed; not made by a sandbox and left: \(left.joined(separator: ", "))"
        }
    }

    private func stopAll(keepingData: Bool) throws {
        let configuration = try directory.readConfiguration()
        // Managers first, all at once: none of them then mistakes the end of another for a fault.
        for component in [Component.manager, .etcd, .router, .mysql] {
            let processes = ProcessTable.scan(configuration).processes.filter { $0.component == component }
            guard !processes.isEmpty else { continue }
            try step("stop \(component.rawValue)") {
                switch try HostControl.stop(processes, seconds: component == .mysql ? 60 : 20) {
                case .killed: "\(processes.count) (some had to be killed: they did not end in time)"
                case .stopped, .wasNotRunning: "\(processes.count)"
                }
            }
        }
        try removeDisks(configuration, keepingData: keepingData)
        try Files.remove(directory.wires)
        try network(configuration)?.remove()
    }
}
