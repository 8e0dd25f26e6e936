# bash completion for mailspec: the binary itself knows what fits.
_mailspec() {
  local cur prev words cword
  _get_comp_words_by_ref -n := cur prev words cword
  local IFS=$'\n'
  COMPREPLY=($(mailspec complete "${words[@]:1:cword}" 2> /dev/null | cut -f1))
  # A report's kind, or a place in the tree, goes on without a blank.
  case ${COMPREPLY[0]-} in *= | */) compopt -o nospace ;; esac
  __ltrim_colon_completions "$cur"
}
complete -o default -F _mailspec mailspec
