import CMariaDB
import Glibc

/// One connection of the client library.
///
/// Every method blocks; used by one thread only.
final class Link {
    private let handle: UnsafeMutablePointer<MYSQL>
    let plug: Plug

    /// The library's own set-up, once a process.
    private static let isPrepared: Bool = mysql_server_init(0, nil, nil) == 0

    /// Statements mean the same everywhere, whatever the server's configuration says.
    private static let fixedMode = "SET SESSION sql_mode='STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'"

    init(_ target: MariaDBTarget) throws(MariaDBError) {
        guard Self.isPrepared, let handle = mysql_init(nil) else {
            throw MariaDBError(.serverGone, "the MariaDB client library could not be set up")
        }
        Self.setOptions(of: handle, for: target)
        guard Self.connect(handle, to: target) else {
            let error = Self.error(of: handle, outcomeUnknown: false)
            mysql_close(handle)
            throw Self.explained(error, target)
        }
        self.handle = handle
        plug = Plug(duplicating: Int32(truncatingIfNeeded: mysql_get_socket(handle)))
    }

    /// Runs what every connection begins with.
    func prepare(_ target: MariaDBTarget) throws(MariaDBError) {
        for statement in [Self.fixedMode] + target.initialStatements {
            do throws(MariaDBError) {
                _ = try query(statement)
            } catch {
                // The caller's own statement has not been sent.
                throw MariaDBError(error.code, sqlState: error.sqlState, error.message)
            }
        }
    }

    deinit {
        plug.close()
        mysql_close(handle)
    }

    func query(_ sql: String) throws(MariaDBError) -> MariaDBResult {
        var sql = sql
        let status = sql.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                mysql_real_query(handle, $0.baseAddress, UInt($0.count))
            }
        }
        guard status == 0 else { throw Self.error(of: handle, outcomeUnknown: true) }
        let first = try rows()
        // Procedures send further results; the connection is not usable before they are read.
        while true {
            let more = mysql_next_result(handle)
            if more < 0 { return first }
            guard more == 0 else { throw Self.error(of: handle, outcomeUnknown: true) }
            _ = try rows()
        }
    }

    func ping() throws(MariaDBError) {
        guard mysql_ping(handle) == 0 else { throw Self.error(of: handle, outcomeUnknown: false) }
    }

    /// Whether the server ends the connection within so many milliseconds, in which nothing else is said on it.
    func ends(within milliseconds: Int32) -> Bool {
        // The end of the stream can be read, as can a last error.
        let socket = Int32(truncatingIfNeeded: mysql_get_socket(handle))
        var watched = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return poll(&watched, 1, milliseconds) > 0
    }

    /// Registers as a replica that sends receipts and has everything before a place in the server's binary log.
    func follow(log: String, position: UInt64, as server: UInt32) throws(MariaDBError) {
        for statement in [
            "SET @rpl_semi_sync_slave = 1",
            // Without these the server refuses to send logs of its own version.
            "SET @mariadb_slave_capability = 4, @master_binlog_checksum = @@global.binlog_checksum",
        ] { _ = try query(statement) }
        guard cctrl_follow_log(handle, log, UInt(position), server) == 0 else {
            throw Self.error(of: handle, outcomeUnknown: true)
        }
    }

    /// The TLS cipher in use, nil without TLS.
    var cipher: String? { mysql_get_ssl_cipher(handle).map { String(cString: $0) } }

    /// The server's number of this connection.
    var threadID: UInt { mysql_thread_id(handle) }

    // MARK: rows

    private func rows() throws(MariaDBError) -> MariaDBResult {
        guard let result = mysql_store_result(handle) else {
            guard mysql_field_count(handle) == 0 else { throw Self.error(of: handle, outcomeUnknown: true) }
            return MariaDBResult(rows: [], affectedRows: mysql_affected_rows(handle))
        }
        defer { mysql_free_result(result) }
        let count = Int(mysql_num_fields(result))
        let fields = UnsafeBufferPointer(start: mysql_fetch_fields(result), count: count)
        let columns = MariaDBColumns(fields.map { $0.name.map { String(cString: $0) } ?? "" })
        var rows: [MariaDBRow] = []
        while let row = mysql_fetch_row(result), let lengths = mysql_fetch_lengths(result) {
            rows.append(MariaDBRow(columns: columns, values: (0..<count).map { text(row[$0], lengths[$0]) }))
        }
        return MariaDBResult(rows: rows, affectedRows: 0)
    }

    private func text(_ start: UnsafeMutablePointer<CChar>?, _ length: UInt) -> String? {
        guard let start else { return nil }
        return start.withMemoryRebound(to: UInt8.self, capacity: Int(length)) {
            String(decoding: UnsafeBufferPointer(start: $0, count: Int(length)), as: UTF8.self)
        }
    }

    // MARK: connecting

    private static func setOptions(of handle: UnsafeMutablePointer<MYSQL>, for target: MariaDBTarget) {
        func set(_ option: mysql_option, _ seconds: Int) {
            var value = UInt32(clamping: seconds)
            mysql_options(handle, option, &value)
        }
        func set(_ option: mysql_option, on: Bool) {
            var value: my_bool = on ? 1 : 0
            mysql_options(handle, option, &value)
        }
        set(MYSQL_OPT_CONNECT_TIMEOUT, target.connectTimeout)
        set(MYSQL_OPT_READ_TIMEOUT, target.ioTimeout)
        set(MYSQL_OPT_WRITE_TIMEOUT, target.ioTimeout)
        // A server must not be able to ask for this program's files.
        set(MYSQL_OPT_LOCAL_INFILE, 0)
        set(MYSQL_OPT_RECONNECT, on: false)
        mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4")
        mysql_options4(handle, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", target.programName)
        guard let tls = target.tls else { return }
        mysql_options(handle, MYSQL_OPT_SSL_CA, tls.authority)
        if let certificate = tls.certificate { mysql_options(handle, MYSQL_OPT_SSL_CERT, certificate) }
        if let key = tls.key { mysql_options(handle, MYSQL_OPT_SSL_KEY, key) }
        set(MYSQL_OPT_SSL_ENFORCE, on: true)
        // A unix socket has no host name to compare; its directory's permissions say whose it is.
        if case .tcp = target.endpoint { set(MYSQL_OPT_SSL_VERIFY_SERVER_CERT, on: true) }
    }

    private static func connect(_ handle: UnsafeMutablePointer<MYSQL>, to target: MariaDBTarget) -> Bool {
        switch target.endpoint {
        case .tcp(let host, let port):
            mysql_real_connect(
                handle, host, target.user, target.password, target.schema, UInt32(clamping: port), nil, 0)
                != nil
        case .socket(let path):
            mysql_real_connect(handle, nil, target.user, target.password, target.schema, 0, path, 0) != nil
        }
    }

    /// Gives a failed TCP connection the system's reason.
    private static func explained(_ error: MariaDBError, _ target: MariaDBTarget) -> MariaDBError {
        guard case .tcp(let host, let port) = target.endpoint,
            error.code == .cannotConnect || error.code == .cannotConnectSocket
        else { return error }
        let reason = ConnectProbe.reason(host: host, port: port, milliseconds: 200)
        guard reason != 0 else { return error }
        let text = String(cString: strerror(reason))
        return MariaDBError(.cannotConnect, "cannot connect to \(host):\(port): \(text) (\(reason))")
    }

    private static func error(of handle: UnsafeMutablePointer<MYSQL>, outcomeUnknown: Bool) -> MariaDBError {
        let code = Int(mysql_errno(handle))
        let lost = (2000...2999).contains(code)
        return MariaDBError(
            MariaDBError.Code(rawValue: code), sqlState: String(cString: mysql_sqlstate(handle)),
            String(cString: mysql_error(handle)), outcomeUnknown: outcomeUnknown && lost)
    }
}

/// What a statement gave.
package struct MariaDBResult: Sendable {
    /// Empty for statements without a result.
    package var rows: [MariaDBRow]
    package var affectedRows: UInt64
}
