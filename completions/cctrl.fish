# fish completion for cctrl. Generated: change the tables in Sources/Shell and run cctrl-docs.
function __cctrl_words
    set -l line (commandline -cp | string collect)
    cctrl --complete-line "$line" 1000000 2>/dev/null
end
complete -c cctrl -f -a '(__cctrl_words)'
complete -c cctrl -s e -x -a '(__cctrl_words)' -d 'Run these commands, parted by \';\', and end; may be given more than once. Stops at the first failure.'
complete -c cctrl -s f -r -F -d 'Run the commands in FILE (\'-\': standard input) in the same way.'
complete -c cctrl -o host -x -a '(__cctrl_words)' -d 'Ask the manager of this host.'
complete -c cctrl -l host -x -a '(__cctrl_words)' -d 'Ask the manager of this host.'
complete -c cctrl -o port -x -a '(__cctrl_words)' -d 'Ask on this port instead of manager-port.'
complete -c cctrl -l port -x -a '(__cctrl_words)' -d 'Ask on this port instead of manager-port.'
complete -c cctrl -o service -x -a '(__cctrl_words)' -d 'Begin with this data service.'
complete -c cctrl -l service -x -a '(__cctrl_words)' -d 'Begin with this data service.'
complete -c cctrl -o multi -d 'Begin at the root, where \'ls\' lists the data services.'
complete -c cctrl -l multi -d 'Begin at the root, where \'ls\' lists the data services.'
complete -c cctrl -o logical -d 'Begin in logical mode; this is the default.'
complete -c cctrl -l logical -d 'Begin in logical mode; this is the default.'
complete -c cctrl -o expert -d 'Begin in expert mode: no questions before risky commands.'
complete -c cctrl -l expert -d 'Begin in expert mode: no questions before risky commands.'
complete -c cctrl -l yes -d 'Answer every question with yes.'
complete -c cctrl -o timeout -x -a '(__cctrl_words)' -d 'Wait so long for a command; otherwise 15 seconds for one that reads, 600 for one that changes.'
complete -c cctrl -l timeout -x -a '(__cctrl_words)' -d 'Wait so long for a command; otherwise 15 seconds for one that reads, 600 for one that changes.'
complete -c cctrl -l config -r -F -d 'Read this tungsten.ini.'
complete -c cctrl -o no-history -d 'Neither read nor write ~/.cctrl_history.'
complete -c cctrl -l no-history -d 'Neither read nor write ~/.cctrl_history.'
complete -c cctrl -l no-banner -d 'Do not show the version and the session line at the start.'
complete -c cctrl -l help -d 'Show this help.'
complete -c cctrl -l version -d 'Show the version.'
