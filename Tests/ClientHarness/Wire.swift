import AdminClient
import AdminProtocol
import ServerHarness

/// Lines as a manager sends them.
package enum Wire {
    package static func welcome(version: Int = 1) -> String {
        """
        {"jsonrpc":"2.0","id":1,"result":{"product":"cctrl","version":"9.9.9","build":1,\
        "protocolVersion":\(version),"site":"east","host":"east1","role":"operator","sites":{"east":["east1"]}}}
        """
    }

    package static func outcome(id: Int, _ line: String) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"result":{"lines":["\#(line)"],"complete":true}}"#
    }

    /// A site of one host.
    package static func status(id: Int) -> String {
        let source = """
            {"name":"east1","role":"master","state":"ONLINE","reason":"","alert":"OK","alertMessage":"",\
            "alertTime":1735831891000,"manager":"ONLINE","server":"ONLINE","tls":true,\
            "connections":{"created":1,"active":0},\
            "replicator":{"role":"master","state":"ONLINE","progress":213,"latency":0.921,"error":""}}
            """
        let router = #"{"host":"east1","pid":6117,"state":"ONLINE","connections":{"created":1,"active":0}}"#
        return """
            {"jsonrpc":"2.0","id":\(id),"result":{"site":"east","answeredBy":"east1","coordinator":"east1",\
            "policy":"AUTOMATIC","quorum":true,"age":0.1,"routers":[\(router)],"dataSources":[\(source)]}}
            """
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
