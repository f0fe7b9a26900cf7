import AdminProtocol
import ClusterModel
import Glibc
import NIOCore
import NIOPosix
import ServerHarness
import Testing

@testable import ManagerIO

@Suite(.serialized)
struct DataConnectionTests {
    private static let loop = MultiThreadedEventLoopGroup.singleton.next()

    private func target(_ server: TestManager, as certificate: String = "host") throws -> PeerTarget {
        PeerTarget(
            host: try #require(server.peerHost), address: server.address, port: server.listener.port,
            certificates: WireCertificates(
                authority: server.certificates.authority, certificate: server.certificates.path(certificate),
                key: server.certificates.key(certificate)))
    }

    @Test func `every byte arrives in its order, at the pace of a slow receiver`() async throws {
        let server = try await TestManager(address: "127.9.6.21")
        let there = try Pipe()
        let here = try Pipe()
        let connection = try await DataConnection.open(
            to: try target(server), token: "a-b", into: here.takeWriteEnd())
        let channel = try await server.streams.channel("a-b", on: Self.loop)
        let relay = DataRelay()
        try await relay.send(there.takeReadEnd(), over: channel)
        let size = 12 << 20
        let writing = Task.detached {
            var block = [UInt8](repeating: 0, count: 1 << 16)
            for part in 0..<(size >> 16) {
                for index in block.indices { block[index] = UInt8(truncatingIfNeeded: index &* 7 &+ part) }
                guard write(there.writeEnd, block, block.count) == block.count else { break }
            }
            there.closeWriteEnd()
        }
        var received = 0
        var wrong = 0
        var block = [UInt8](repeating: 0, count: 50_000)
        while true {
            let count = read(here.readEnd, &block, block.count)
            guard count > 0 else { break }
            for index in 0..<count {
                let place = received + index
                let expected = UInt8(truncatingIfNeeded: (place & 0xFFFF) &* 7 &+ (place >> 16))
                if block[index] != expected { wrong += 1 }
            }
            received += count
            // What waits in between stays small, whatever the sender has.
            if received < 1 << 20 { usleep(2000) }
        }
        await writing.value
        #expect(received == size && wrong == 0)
        #expect(relay.bytes == Int64(size) && connection.relay.bytes == Int64(size))
        try await eventually("the connection ends") { !channel.isActive }
        #expect(!relay.isCutOff && !connection.relay.isCutOff)
    }

    @Test func `a receiver that goes away ends the sender's side`() async throws {
        let server = try await TestManager(address: "127.9.6.22")
        let there = try Pipe()
        let here = try Pipe()
        let connection = try await DataConnection.open(
            to: try target(server), token: "c", into: here.takeWriteEnd())
        let channel = try await server.streams.channel("c", on: Self.loop)
        let relay = DataRelay()
        try await relay.send(there.takeReadEnd(), over: channel)
        connection.close()
        try await eventually("the sender's side ends") { !channel.isActive && relay.isCutOff }
        // As the program at the pipe notices.
        signal(SIGPIPE, SIG_IGN)
        try await eventually("the pipe is closed") {
            write(there.writeEnd, [1], 1) < 0 && errno == EPIPE
        }
    }

    @Test func `nobody but a manager gets a data connection`() async throws {
        let server = try await TestManager(address: "127.9.6.23")
        let here = try Pipe()
        do {
            let connection = try await DataConnection.open(
                to: try target(server, as: "operator"), token: "d", into: here.takeWriteEnd())
            try await eventually("it is closed") { !connection.channel.isActive }
        } catch let refusal as Refusal {
            #expect(refusal.code == .hostUnreachable)
        }
    }
}
