import Glibc

/// Waits until `condition` holds, looking every few milliseconds.
/// - Throws: where it does not hold within `limit`, or `condition` throws.
package func eventually(
    _ what: String, within limit: Duration = .seconds(30), _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < end else { throw HarnessError("not within \(limit): \(what)") }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// A TCP port of `address` that nothing listens on now.
package func freePort(on address: String) throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw HarnessError("no socket", errno) }
    defer { close(descriptor) }
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    guard inet_pton(AF_INET, address, &name.sin_addr) == 1 else { throw HarnessError("\(address) is no address") }
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &name) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(descriptor, address, size) == 0 && getsockname(descriptor, address, &size) == 0
        }
    }
    guard bound else { throw HarnessError("no port on \(address)", errno) }
    return Int(UInt16(bigEndian: name.sin_port))
}
