# SPDX-License-Identifier: MIT
# complete.zsh DIR LINE - what zsh offers at the end of LINE: a shell on a terminal of its own, in
# which a key prints the matches between two marks.
zmodload zsh/zpty
dir=$1 line=$2
zpty z TERM=dumb zsh -f -i
zpty -w z "PS1=; fpath=($dir \$fpath); autoload -Uz compinit; compinit -u -D"
zpty -w z 'zstyle ":completion:*" list-grouped false; zstyle ":completion:*" insert-tab false'
zpty -w z 'compadd () { [[ $@[1,(i)(-|--)] == *-(O|A|D)* ]] && { builtin compadd "$@"; return }
	typeset -a __hits
	builtin compadd -A __hits "$@"
	[[ -n $__hits ]] && { print -r -- "<HIT>${(@)^__hits}</HIT>"; }
	builtin compadd "$@" }'
zpty -w z 'finish () { print -r -- "<""END"">"; }; show () { zle complete-word; print; zle -I; finish }'
zpty -w z 'zle -C complete-word complete-word _main_complete 2>/dev/null; zle -N show; bindkey "^T" show'
zpty -w z 'print -r -- "<""READY"">"'
zpty -r -m z out '*<READY>*'
zpty -w -n z "$line"$'\x14'
zpty -r -m z out '*<END>*'
zpty -d z
print -r -- "$out" | grep -oE '<HIT>[^<]*</HIT>' | sed -e 's/<HIT>//' -e 's/<\/HIT>//' | sort -u
