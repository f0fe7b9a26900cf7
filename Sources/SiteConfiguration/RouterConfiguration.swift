import ClusterModel

/// The HAProxy configuration of one host: a write port and a read port, steered by the manager alone.
///
/// Every server starts disabled and has no health check: only the manager opens and closes one, over the runtime
/// socket. Frontends `write` and `read` lead to the backends `be_write` and `be_read`; a server bears its host's name.
package struct RouterConfiguration: Sendable, Equatable {
    package struct Server: Sendable, Equatable {
        package var host: HostName
        package var address: String
        package var port: Int

        package init(host: HostName, address: String, port: Int) {
            self.host = host
            self.address = address
            self.port = port
        }
    }

    /// The address of this host, on which both ports listen.
    package var address: String
    package var writePort: Int
    package var readPort: Int
    package var servers: [Server]
    /// The runtime socket.
    package var socket: String
    package var pidFile: String
    /// Where the text of `HoldScript` is.
    package var holdScript: String
    /// Unix account to run as after the start; nil for the account that starts it.
    package var user: String?

    package init(
        address: String, writePort: Int, readPort: Int, servers: [Server], socket: String, pidFile: String,
        holdScript: String, user: String? = nil
    ) {
        self.address = address
        self.writePort = writePort
        self.readPort = readPort
        self.servers = servers
        self.socket = socket
        self.pidFile = pidFile
        self.holdScript = holdScript
        self.user = user
    }

    /// The router of `host`, with every data source of its site.
    package init(host: HostName, site: SiteEntry, in configuration: ClusterConfiguration, user: String? = nil)
    {
        let paths = HostPaths(host: host, in: configuration)
        self.init(
            address: configuration.address(of: host), writePort: configuration.ports.write,
            readPort: configuration.ports.read,
            servers: site.hosts.map {
                Server(host: $0, address: configuration.address(of: $0), port: configuration.ports.server)
            },
            socket: paths.routerSocket, pidFile: paths.routerPID, holdScript: paths.holdScript, user: user)
    }

    /// The text of `haproxy.cfg`.
    package var text: String {
        """
        global
            pidfile \(quoted(pidFile))
            stats socket \(quoted(socket)) mode 600 level admin expose-fd listeners
            stats timeout 1h
            nbthread 1
            lua-load \(quoted(holdScript))
        \(user.map { "    user \($0)\n" } ?? "")
        defaults
            mode tcp
            timeout connect 2s
            timeout client 8h
            timeout server 8h
            timeout queue 60s
            retries 3
            option redispatch
        \(sourceLine)

        frontend write
            bind \(listener(writePort))
            maxconn 1000
            tcp-request inspect-delay \(HoldScript.inspectSeconds)s
            tcp-request content lua.wait_while_held
            default_backend be_write

        frontend read
            bind \(listener(readPort))
            maxconn 1000
            tcp-request inspect-delay \(HoldScript.inspectSeconds)s
            tcp-request content lua.wait_while_held
            default_backend be_read

        backend be_write
        \(serverLines)

        backend be_read
            balance leastconn
        \(serverLines)

        """
    }

    /// Servers accept the header with the client's address from routers only, so the router must come from its own
    /// address; a name is left to the host's routing.
    private var sourceLine: String {
        let isLiteral = address.utf8.allSatisfy { byte in
            byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":")
                || Character(Unicode.Scalar(byte)).isHexDigit
        }
        return isLiteral && address.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") }
            ? "    source \(bracketed(address))" : ""
    }

    private var serverLines: String {
        servers.map { server in
            "    server \(server.host) \(bracketed(server.address)):\(server.port) maxconn 500 send-proxy-v2 disabled"
        }.joined(separator: "\n")
    }

    private func listener(_ port: Int) -> String { "\(bracketed(address)):\(port)" }

    /// HAProxy reads `ipv6@` before an address with colons.
    private func bracketed(_ address: String) -> String {
        address.utf8.contains(UInt8(ascii: ":")) ? "ipv6@" + address : address
    }

    private func quoted(_ path: String) -> String {
        var result = ""
        for character in path {
            if character == "\"" || character == "\\" || character == "$" { result += "\\" }
            result.append(character)
        }
        return "\"" + result + "\""
    }
}

extension HostPaths {
    package var routerConfiguration: String { confDirectory + "/haproxy.cfg" }
    package var holdScript: String { confDirectory + "/hold.lua" }
    package var serverConfiguration: String { confDirectory + "/my.cnf" }
}
