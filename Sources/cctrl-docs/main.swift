import Glibc

exit(DocsProgram.run(Array(CommandLine.arguments.dropFirst())))
