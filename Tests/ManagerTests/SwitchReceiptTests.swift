import AdminProtocol
import ClusterModel
import Testing

@testable import Manager

@Suite struct SwitchReceiptTests {
    /// A switch whose first round was taken back, and whose second began a second later.
    private static let steps = [
        StepTime(step: "hold", milliseconds: 5, began: 100),
        StepTime(step: "freeze", milliseconds: 40, began: 110),
        StepTime(step: "catch-up", milliseconds: 70, began: 150),
        StepTime(step: "hold", milliseconds: 4, began: 1300),
        StepTime(step: "freeze", milliseconds: 6, began: 1310),
        StepTime(step: "catch-up", milliseconds: 7, began: 1316),
        StepTime(step: "leave", milliseconds: 2, began: 1323),
        StepTime(step: "close", milliseconds: 1, began: 1325),
        StepTime(step: "record", milliseconds: 4, began: 1326),
        StepTime(step: "open", milliseconds: 1, began: 1330),
        StepTime(step: "release", milliseconds: 5, began: 1331),
        StepTime(step: "thaw", milliseconds: 60, began: 1336),
    ]

    @Test func `the longest gap and hold are told, also where they were tried in vain`() throws {
        let receipt = try #require(
            SwitchReceipt(
                steps: Self.steps, sessionsCut: 3, transactionsCut: 0, before: GTIDPosition(),
                after: GTIDPosition(), forecast: nil))
        #expect(receipt.gap == 110)
        #expect(receipt.hold == 120)
        #expect(receipt.freeze == 6 && receipt.catchUp == 7)
    }

    @Test func `a switch of one attempt tells its own gap and hold`() throws {
        let receipt = try #require(
            SwitchReceipt(
                steps: Array(Self.steps.dropFirst(3)), sessionsCut: 3, transactionsCut: 0,
                before: GTIDPosition(), after: GTIDPosition(), forecast: nil))
        #expect(receipt.gap == 26 && receipt.hold == 36)
    }

    @Test func `a switch that has not come to its gap has no receipt`() {
        let receipt = SwitchReceipt(
            steps: Array(Self.steps.prefix(3)), sessionsCut: 0, transactionsCut: 0, before: GTIDPosition(),
            after: GTIDPosition(), forecast: nil)
        #expect(receipt == nil)
    }
}
