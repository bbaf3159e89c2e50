# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# complete.bash COMPLETIONS WORD... - what bash offers for the last word, one in each line. It is
# loaded as at a prompt, words are split as readline does it.
# shellcheck disable=SC1090,SC1091
. /usr/share/bash-completion/bash_completion
. "$1"
shift

COMP_LINE="$*"
COMP_POINT=${#COMP_LINE}
COMP_TYPE=9 COMP_KEY=9
COMP_WORDS=()
for word; do
	# ":" and "=" are words of their own.
	while [[ $word =~ ^([^:=]*)([:=])(.*)$ ]]; do
		[ -z "${BASH_REMATCH[1]}" ] || COMP_WORDS+=("${BASH_REMATCH[1]}")
		COMP_WORDS+=("${BASH_REMATCH[2]}")
		word=${BASH_REMATCH[3]}
		[ -n "$word" ] || break
	done
	[[ -z $word && ${COMP_WORDS[-1]:-} == [:=] ]] || COMP_WORDS+=("$word")
done
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
# Only readline has options of the running completion.
compopt() { :; }
COMPREPLY=()
_nsjoin
[ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\n' "${COMPREPLY[@]}"
