import AdminProtocol
import CommandGrammar

/// What came instead of a line, or the line.
package enum InputEvent: Hashable, Sendable {
    case line(String)
    /// Ctrl-C: the half-typed line is dropped.
    case interrupted
    case end
}

/// Where commands come from.
package protocol LineSource: AnyObject {
    /// The next line; a source with a person behind it shows `prompt` first.
    func next(prompt: String) -> InputEvent
}

/// The three ways to run a shell.
package enum SessionLoop {
    /// With a person: prompts, goes on after errors.
    package static func interactive(_ session: Session, _ source: any LineSource) {
        while true {
            session.forgetNames()
            switch source.next(prompt: session.prompt) {
            case .interrupted: continue
            case .end:
                session.screen.print("")
                session.screen.print("Exiting...")
                return
            case .line(let line):
                for statement in Tokenizer.statements(line) {
                    if session.run(statement, of: line) == .leave {
                        session.screen.print("Exiting...")
                        return
                    }
                }
            }
        }
    }

    /// With a pipe, as scripts of old use it: each prompt with its command, then the output; goes on after
    /// errors.
    package static func piped(_ session: Session, _ source: any LineSource) {
        while case .line(let line) = source.next(prompt: "") {
            for statement in Tokenizer.statements(line) {
                session.screen.print(session.prompt + statement.text(in: line))
                if session.run(statement, of: line) == .leave {
                    session.screen.print("Exiting...")
                    return
                }
            }
        }
        session.screen.print("")
        session.screen.print("Exiting...")
    }

    /// With given text (`-e`, `-f`): output only; stops at the first failure.
    ///
    /// - Returns: the exit status: of the first failure, else of the first command that left something to do,
    ///   else 0.
    package static func script(_ session: Session, _ source: any LineSource) -> Int32 {
        var status: Int32 = 0
        while case .line(let line) = source.next(prompt: "") {
            for statement in Tokenizer.statements(line) {
                switch session.run(statement, of: line) {
                case .done: continue
                case .leave: return status
                case .followUp: if status == 0 { status = Ending.followUp.exitStatus }
                case .failed(let failure): return failure
                }
            }
        }
        return status
    }
}
