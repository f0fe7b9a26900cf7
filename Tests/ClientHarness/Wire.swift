import AdminClient
import AdminProtocol
import ServerHarness

/// Lines as a manager sends them.
package enum Wire {
    package static func welcome(version: Int = 1, host: String = "east1") -> String {
        """
        {"jsonrpc":"2.0","id":1,"result":{"product":"cctrl","version":"9.9.9","build":1,\
        "protocolVersion":\(version),"site":"east","host":"\(host)","role":"operator","sites":{"east":["east1"]}}}
        """
    }

    package static func outcome(id: Int, _ line: String) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"result":{"lines":["\#(line)"],"complete":true}}"#
    }

    /// A site, of one host unless more are given.
    package static func status(
        id: Int, policy: String = "AUTOMATIC", sources: [Source] = [Source()]
    ) -> String {
        let router = #"{"host":"east1","pid":6117,"state":"ONLINE","connections":{"created":1,"active":0}}"#
        let all = sources.map(\.json).joined(separator: ",")
        return """
            {"jsonrpc":"2.0","id":\(id),"result":{"site":"east","answeredBy":"east1","coordinator":"east1",\
            "policy":"\(policy)","quorum":true,"age":0.1,"routers":[\(router)],"dataSources":[\(all)]}}
            """
    }

    /// A data source of a status.
    package struct Source: Sendable {
        package var name: String
        package var role: String
        package var state: String

        package init(_ name: String = "east1", role: String = "master", state: String = "ONLINE") {
            self.name = name
            self.role = role
            self.state = state
        }

        fileprivate var json: String {
            """
            {"name":"\(name)","role":"\(role)","state":"\(state)","reason":"","alert":"OK","alertMessage":"",\
            "alertTime":1735831891000,"manager":"ONLINE","server":"ONLINE","tls":true,\
            "connections":{"created":1,"active":0},\
            "replicator":{"role":"\(role)","state":"ONLINE","progress":213,"latency":0.921,"error":""}}
            """
        }
    }

    package static func progress(id: Int, _ line: String) -> String {
        #"{"jsonrpc":"2.0","method":"progress","params":{"request":\#(id),"line":"\#(line)"}}"#
    }

    package static func refusal(id: Int) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"error":{"code":3001,"message":"it is","data":{"reply":3001,"hint":"so"}}}"#
    }
}

extension TestCertificates {
    /// A client's files; trusts the cluster's authority unless another is named.
    package func identity(_ name: String = "operator", trusting authority: String = "ca") -> Identity {
        Identity(authority: path(authority), certificate: path(name), key: key(name))
    }

    package func connect(
        _ port: Int, as name: String = "operator", host: String = "east1",
        patience: Patience = Patience(connect: 5000, reading: 5000, changing: 5000),
        interrupt: Interrupt? = nil
    ) throws(Refusal) -> AdminConnection {
        let identity = identity(name)
        return try AdminConnection(
            to: Endpoint(host: host, address: "127.0.0.1", port: port), context: try TLSContext(identity),
            identity: identity, patience: patience, interrupt: interrupt)
    }
}
