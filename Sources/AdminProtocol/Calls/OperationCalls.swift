/// `operation abort`: asks the operation that runs to end at its next safe point, and to be taken back.
package struct AbortCall: AdminCall {
    package typealias Reply = Outcome
    package static let method = "operation.abort"
    package static let access = AccessRole.operator

    package init() {}
}
