# bash completion for cctrl. Generated: change the tables in Sources/Shell and run cctrl-docs.
_cctrl() {
    mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" --complete-line "$COMP_LINE" "$COMP_POINT" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 0 && ${COMP_WORDS[COMP_CWORD]} == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "-e -f -host --host -port --port -service --service -multi --multi -logical --logical -physical --physical -admin --admin -expert --expert --yes --json --events --fields -timeout --timeout --config -no-history --no-history --no-banner --help --version" -- "${COMP_WORDS[COMP_CWORD]}")
    fi
}
complete -o default -F _cctrl cctrl
