# fish completion for mailspec: the binary itself knows what fits; files where it has no word.
function __mailspec_words
    set -l words (commandline -opc) (commandline -ct)
    mailspec complete $words[2..] 2>/dev/null
end
complete -c mailspec -a '(__mailspec_words)'
