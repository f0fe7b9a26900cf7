/// Completion scripts for login shells.
///
/// They hand the typed line to the program, which knows commands and live names; what is in them of the table
/// are the options, for when the program cannot answer.
package enum ShellScripts {
    /// The files, by name: the name that each shell expects.
    package static func all(program: String, options: [ProgramOption]) -> [(name: String, text: String)] {
        [
            ("\(program).bash", bash(program, options)), ("_\(program)", zsh(program, options)),
            ("\(program).fish", fish(program, options)),
        ]
    }

    private static func bash(_ program: String, _ options: [ProgramOption]) -> String {
        """
        # bash completion for \(program). Generated: change the tables in Sources/Shell and run cctrl-docs.
        _\(program)() {
            mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" --complete-line "$COMP_LINE" "$COMP_POINT" 2>/dev/null)
            if [[ ${#COMPREPLY[@]} -eq 0 && ${COMP_WORDS[COMP_CWORD]} == -* ]]; then
                mapfile -t COMPREPLY < <(compgen -W "\(words(options))" -- "${COMP_WORDS[COMP_CWORD]}")
            fi
        }
        complete -o default -F _\(program) \(program)

        """
    }

    private static func zsh(_ program: String, _ options: [ProgramOption]) -> String {
        """
        #compdef \(program)
        # zsh completion for \(program). Generated: change the tables in Sources/Shell and run cctrl-docs.
        _\(program)() {
            local -a found
            local line="${(j: :)words[1,CURRENT-1]} $QIPREFIX$PREFIX"
            found=("${(@f)$("${words[1]}" --complete-line "$line" 1000000 2>/dev/null)}")
            found=(${found:#})
            if (( ! ${#found} )) && [[ $PREFIX == -* ]]; then
                found=(\(words(options)))
            fi
            if (( ${#found} )); then
                compadd -- "${found[@]}"
            else
                _files
            fi
        }
        # Found in fpath it is called at once; sourced it only registers itself.
        if [[ ${funcstack[1]} == _\(program) ]]; then
            _\(program) "$@"
        else
            compdef _\(program) \(program)
        fi

        """
    }

    private static func fish(_ program: String, _ options: [ProgramOption]) -> String {
        var lines = [
            "# fish completion for \(program). Generated: change the tables in Sources/Shell and run cctrl-docs.",
            "function __\(program)_words",
            "    set -l line (commandline -cp | string collect)",
            // The empty description keeps fish from repeating the option's at every value.
            "    \(program) --complete-line \"$line\" 1000000 2>/dev/null | string replace -r '$' '\\t'",
            "end",
            "complete -c \(program) -f -a '(__\(program)_words)'",
        ]
        for option in options {
            for name in option.names {
                let bare = String(name.drop { $0 == "-" })
                let kind = name.hasPrefix("--") ? "l" : bare.count == 1 ? "s" : "o"
                let takes =
                    option.value.map { $0 == "FILE" ? " -r -F" : " -x -a '(__\(program)_words)'" } ?? ""
                lines.append("complete -c \(program) -\(kind) \(bare)\(takes) -d \(quoted(option.summary))")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func words(_ options: [ProgramOption]) -> String {
        options.flatMap(\.names).joined(separator: " ")
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
}
