import Glibc

/// A run over many inputs, each of which can be had again by seed and number.
package struct FuzzRun: Sendable {
    package var seed: UInt64
    private let inputs: FuzzInputs

    package init(seed: UInt64, corpus: [[UInt8]] = []) {
        self.seed = seed
        inputs = FuzzInputs(corpus: corpus)
    }

    /// An input that broke something.
    package struct Finding: Error, CustomStringConvertible {
        package var seed: UInt64
        package var input: Int
        package var bytes: [UInt8]
        package var problem: String

        package var description: String {
            "\(problem); seed \(seed), input \(input): \(String(decoding: bytes, as: UTF8.self).debugDescription)"
        }
    }

    /// Input number `number`: a line, and every fourth time a frame too.
    package func check(_ number: Int) throws(Finding) {
        var random = FuzzGenerator(seed: seed, input: number)
        if number % 4 == 3 {
            let frame = inputs.frame(&random)
            if let problem = FuzzChecks.problem(frame: frame) {
                throw Finding(seed: seed, input: number, bytes: frame, problem: problem)
            }
            return
        }
        let line = inputs.line(&random)
        let cursor = random.below(line.count + 3) - 1
        if let problem = FuzzChecks.problem(line: line, cursor: cursor) {
            throw Finding(seed: seed, input: number, bytes: line, problem: problem)
        }
    }
}

/// Inputs that once broke something, one file each, as the bytes themselves.
package enum FuzzCorpus {
    private static let place = #filePath

    /// By file name.
    package static func load() -> [(name: String, bytes: [UInt8])] {
        guard let real = realpath(place, nil) else { return [] }
        defer { free(real) }
        let folder =
            "/" + String(cString: real).split(separator: "/").dropLast().joined(separator: "/") + "/Corpus"
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var found: [(name: String, bytes: [UInt8])] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard !name.hasPrefix("."), let stream = fopen("\(folder)/\(name)", "r") else { continue }
            defer { fclose(stream) }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            found.append((name, Array(buffer[..<fread(&buffer, 1, buffer.count, stream)])))
        }
        return found.sorted { $0.name < $1.name }
    }
}
