import NIOCore
import Testing

@testable import EtcdClient

struct LineSplitterTests {
    @Test func `lines are the same wherever the chunks' borders are`() throws {
        let text = "{\"result\":1}\n\n{\"result\":2}\n{\"result\":3}\nrest"
        for size in 1...text.utf8.count {
            var splitter = LineSplitter()
            var lines: [String] = []
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                lines += try splitter.append(ByteBuffer(bytes: rest.prefix(size))).map { String(buffer: $0) }
                rest = rest.dropFirst(size)
            }
            #expect(lines == ["{\"result\":1}", "{\"result\":2}", "{\"result\":3}"])
        }
    }

    @Test func `the range of a prefix ends behind its last key`() {
        #expect(Array(KeyRange.end(ofPrefix: "/a/")) == Array("/a0".utf8))
        #expect(Array(KeyRange.end(ofPrefix: "")) == [0])
    }
}
