import FuzzKit
import Glibc

/// `cctrl-fuzz [INPUTS [SEED [FIRST]]]`: checks so many inputs, and tells time and memory at the end.
///
/// A trap or a hang ends it with the number of the last thousand: `cctrl-fuzz 1000 SEED FIRST` begins there.
func number(_ index: Int, or standard: Int) -> Int {
    CommandLine.arguments.count > index ? Int(CommandLine.arguments[index]) ?? standard : standard
}

/// Resident memory in KiB.
func memory() -> Int {
    guard let stream = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(stream) }
    var buffer = [UInt8](repeating: 0, count: 256)
    let text = String(decoding: buffer[..<fread(&buffer, 1, buffer.count, stream)], as: UTF8.self)
    return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 4 } ?? 0
}

/// Writes a line at once, so that it is there whatever comes next.
func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(STDOUT_FILENO, bytes, bytes.count)
}

let count = number(1, or: 10_000_000)
let run = FuzzRun(seed: UInt64(number(2, or: 1)), corpus: FuzzCorpus.load().map(\.bytes))
let first = number(3, or: 0)
let began = time(nil)
var early = 0
do {
    for input in first..<first + count {
        // A thousand inputs take milliseconds; whoever needs half a minute hangs.
        if input % 1000 == 0 { alarm(30) }
        try run.check(input)
        let done = input - first + 1
        if done == count / 10 { early = memory() }
        if done % (max(10, count) / 10) == 0 {
            say("\(done) inputs, \(time(nil) - began) s, \(memory()) KiB")
        }
    }
} catch {
    say("FOUND: \(error)")
    exit(1)
}
let growth = memory() - early
say("\(count) inputs of seed \(run.seed): no finding; memory grew by \(growth) KiB after the first tenth")
exit(growth > 32 * 1024 ? 1 : 0)
