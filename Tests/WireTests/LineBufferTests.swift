import NIOCore
import Testing

@testable import ManagerIO

struct LineBufferTests {
    @Test func `lines are the same wherever the chunks' borders are`() {
        let text = Array("one\r\n\ntwo\nrest".utf8)
        for size in 1...text.count {
            var buffer = LineBuffer(longest: 8)
            var lines: [String] = []
            var rest = text[...]
            while !rest.isEmpty {
                var chunk = ByteBuffer(bytes: rest.prefix(size))
                rest = rest.dropFirst(size)
                buffer.append(&chunk)
                while case .line(let line) = buffer.next() {
                    lines.append(String(decoding: line, as: UTF8.self))
                }
            }
            #expect(lines == ["one", "", "two"])
            #expect(buffer.holdsPart)
        }
    }

    @Test func `a line is too long when one byte more than allowed has come, ended or not`() {
        for text in ["123456789", "123456789\n"] {
            var buffer = LineBuffer(longest: 8)
            var chunk = ByteBuffer(string: text)
            buffer.append(&chunk)
            #expect(buffer.next() == .tooLong)
        }
        var buffer = LineBuffer(longest: 8)
        var chunk = ByteBuffer(string: "12345678\n")
        buffer.append(&chunk)
        #expect(buffer.next() == .line(Array("12345678".utf8)))
    }
}
