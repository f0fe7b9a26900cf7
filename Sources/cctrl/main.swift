import Glibc

let status = Program.run(Array(CommandLine.arguments.dropFirst()))
fflush(nil)
// Everything is written and every connection is closed: the libraries' own tidying up would only take time.
_exit(status)
