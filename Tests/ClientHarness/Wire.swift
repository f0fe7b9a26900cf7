import AdminClient
import AdminProtocol
import ServerHarness

/// Lines as a manager sends them.
enum Wire {
    static func welcome(version: Int = 1) -> String {
        """
        {"jsonrpc":"2.0","id":1,"result":{"product":"cctrl","version":"9.9.9","build":1,\
        "protocolVersion":\(version),"site":"east","host":"east1","role":"operator","sites":{"east":["east1"]}}}
        """
    }

    static func outcome(id: Int, _ line: String) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"result":{"lines":["\#(line)"],"complete":true}}"#
    }

    static func progress(id: Int, _ line: String) -> String {
        #"{"jsonrpc":"2.0","method":"progress","params":{"request":\#(id),"line":"\#(line)"}}"#
    }

    static func refusal(id: Int) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"error":{"code":3001,"message":"it is","data":{"reply":3001,"hint":"so"}}}"#
    }
}

extension TestCertificates {
    /// A client's files; trusts the cluster's authority unless another is named.
    func identity(_ name: String = "operator", trusting authority: String = "ca") -> Identity {
        Identity(authority: path(authority), certificate: path(name), key: key(name))
    }

    func connect(
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
