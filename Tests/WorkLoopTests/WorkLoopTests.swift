import Synchronization
import Testing
import WorkLoop

struct WorkLoopTests {
    /// Whether the caller is on the loop now.
    private var isOn: Bool { WorkLoop.current != nil }

    @Test func `work stays on its thread over pauses, children and tasks that it begins`() async throws {
        #expect(!isOn)
        await withTaskExecutorPreference(WorkLoop.shared) {
            #expect(isOn)
            try? await Task.sleep(for: .milliseconds(1), clock: .loop)
            #expect(isOn)
            async let child = isOn
            #expect(await child)
            #expect(await Task(executorPreference: WorkLoop.current) { isOn }.value)
            #expect(await Task.detached(executorPreference: WorkLoop.current) { isOn }.value)
        }
        #expect(await !Task(executorPreference: WorkLoop.current) { isOn }.value)
    }

    @Test func `what may block is done elsewhere, and the work goes on`() async throws {
        struct Broken: Error {}
        await withTaskExecutorPreference(WorkLoop.shared) {
            #expect(await WorkLoop.away { !isOn })
            #expect(isOn)
            await #expect(throws: Broken.self) {
                try await WorkLoop.away { () throws(Broken) in throw Broken() }
            }
            #expect(isOn)
        }
    }

    @Test(arguments: [true, false]) func `a pause lasts as long as it should`(onLoop: Bool) async throws {
        try await withTaskExecutorPreference(onLoop ? WorkLoop.shared : nil) {
            let began = ContinuousClock.now
            try await Task.sleep(for: .milliseconds(30), clock: .loop)
            #expect(began.duration(to: .now) >= .milliseconds(29))
            // A moment that has passed is not waited for.
            try await Task.sleep(until: began, clock: .loop)
        }
    }

    @Test(arguments: [true, false]) func `a cancelled pause ends`(onLoop: Bool) async throws {
        let executor = onLoop ? WorkLoop.shared : nil
        for pause in [0, 5] {
            let task = Task(executorPreference: executor) {
                try await Task.sleep(for: .seconds(3600), clock: .loop)
            }
            // Before the pause has begun, and in its midst.
            try await Task.sleep(for: .milliseconds(pause))
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test(arguments: [true, false]) func `an alarm goes off unless it is cancelled`(onLoop: Bool) async throws
    {
        let heard = Mutex<[String]>([])
        let (news, bell) = AsyncStream.makeStream(of: Void.self)
        await withTaskExecutorPreference(onLoop ? WorkLoop.shared : nil) {
            let cancelled = Alarm(after: .milliseconds(500)) { heard.withLock { $0.append("cancelled") } }
            cancelled.cancel()
            _ = Alarm(after: .milliseconds(700)) {
                heard.withLock { $0.append("due") }
                bell.finish()
            }
            for await _ in news {}
        }
        #expect(heard.withLock { $0 } == ["due"])
    }
}
