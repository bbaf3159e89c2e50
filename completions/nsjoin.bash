# bash completion for nsjoin(1)                            -*- shell-script -*-
# SPDX-License-Identifier: MIT
# Made by completions/generate.c from the table of options; not to be edited.
# Names that containers gave themselves are filtered and never evaluated.

# $1: targets, or patterns for ps.
_nsjoin_targets()
{
	local value rest

	while IFS=$'\t' read -r value rest; do
		[[ $value == *[!A-Za-z0-9._:/@+-]* ]] && continue
		[[ $value == "$cur"* ]] && COMPREPLY+=("$value")
	done < <(nsjoin __complete "${1:-targets}" "$cur" 2>/dev/null)
}

_nsjoin_words()
{
	local word

	while IFS= read -r word; do
		COMPREPLY+=("$word")
	done < <(compgen "$@" -- "$cur")
}

# One of several words with commas between, behind a sign or without; $cur has been typed.
_nsjoin_list()
{
	local head='' cur=$cur

	[[ $cur =~ ^([+-]|.*,)(.*)$ ]] && head=${BASH_REMATCH[1]} cur=${BASH_REMATCH[2]}
	_nsjoin_words -W "$1"
	COMPREPLY=("${COMPREPLY[@]/#/$head}")
}

# The value of option $1, of which $cur has been typed.
_nsjoin_value()
{
	case $1 in
	-t | --target)
		_nsjoin_targets
		;;
	--host-root)
		_filedir -d
		;;
	-m | --mount)
		_filedir
		;;
	-u | --uts)
		_filedir
		;;
	-i | --ipc)
		_filedir
		;;
	-n | --net)
		_filedir
		;;
	-p | --pid)
		_filedir
		;;
	-U | --user)
		_filedir
		;;
	-C | --cgroup)
		_filedir
		;;
	-T | --time)
		_filedir
		;;
	-S | --setuid)
		_nsjoin_words -u
		_nsjoin_words -W 'follow'
		;;
	-G | --setgid)
		_nsjoin_words -g
		_nsjoin_words -W 'follow'
		;;
	-r | --root)
		_filedir -d
		;;
	-w | --wd)
		_filedir -d
		;;
	--view)
		_nsjoin_words -W 'target host'
		;;
	--tools-from)
		_filedir -d
		;;
	-R | --remount)
		_nsjoin_list 'proc sys etc'
		;;
	--as-target)
		_nsjoin_list 'ids caps nnp seccomp lsm cgroup env cwd rlimits oom'
		;;
	--pty)
		_nsjoin_words -W 'auto always never'
		;;
	--stdio)
		_nsjoin_words -W 'relay pass'
		;;
	--errors)
		_nsjoin_words -W 'text json'
		;;
	esac
}

# The value that is attached to a short option: the option stays in the word.
_nsjoin_attached()
{
	local option=$1 prefix=$2 cur=$3

	[[ $cur == =* ]] && prefix='' cur=${cur#=}
	_nsjoin_value "$option"
	[[ $prefix ]] && compopt -o nospace
	COMPREPLY=("${COMPREPLY[@]/#/$prefix}")
	__ltrim_colon_completions "$prefix$cur"
}

# Sets $first to the index of the program among $words, past the end where there is none yet; the
# value of an option that is still to come leaves it one further.
_nsjoin_find_program()
{
	for ((first = 1; first < cword; first++)); do
		case ${words[first]} in
		--)
			((first++))
			return
			;;
		--target | --host-root | --net-socket | --setuid | --setgid | --wdns | --view | --tools-from | --stdio | --keep-fd | --errors)
			((first++))
			;;
		--*) ;;
		-?*)
			[[ ${words[first]} =~ ^-[amuinpUCTecZFHXvqhV]*[tNSGW]$ ]] && ((first++))
			;;
		*)
			return
			;;
		esac
	done
}

# readline splits words at "=" and ":", so the program's place is another one in COMP_WORDS.
_nsjoin_program()
{
	local offset=0 i joined

	for ((i = 0; i < first; i++)); do
		joined=
		while [[ $joined != "${words[i]}" ]] && ((offset < COMP_CWORD)); do
			joined+=${COMP_WORDS[offset]}
			((offset++))
		done
	done
	_command_offset "$offset"
}

# The words of a verb that has options of its own, $1.
_nsjoin_verb()
{
	[[ $cur == --*=* ]] && prev=${cur%%=*} cur=${cur#*=}
	case $1:$prev:$cur in
	ps:-o:* | ps:--output:*)
		_nsjoin_list 'TARGET PID NAMESPACES USER NAME COMMAND AGE CGROUP COMM ID IMAGE NOTE ROOT RUNTIME UID MNTNS UTSNS IPCNS NETNS PIDNS CGROUPNS USERNS TIMENS'
		;;
	ps:--color:*)
		_nsjoin_words -W 'auto always never'
		;;
	ps:--host-root:*)
		_filedir -d
		;;
	ps:--errors:*)
		_nsjoin_words -W 'text json'
		;;
	inspect:-o:* | inspect:--output:*)
		_nsjoin_words -W 'target runtime id name image part-of pid pid-inside started command root upper shell uid gid user groups caps seccomp no-new-privs label rlimits nice oom-score-adj umask cwd cgroup memory cpus pids mntns utsns ipcns netns pidns cgroupns userns timens'
		;;
	inspect:--color:*)
		_nsjoin_words -W 'auto always never'
		;;
	inspect:--host-root:*)
		_filedir -d
		;;
	inspect:--errors:*)
		_nsjoin_words -W 'text json'
		;;
	ps:*:-*)
		_nsjoin_words -W '-a --all -o --output -q --quiet --noheadings --tree --json --color --host-root --errors -v --verbose -h --help'
		;;
	inspect:*:-*)
		_nsjoin_words -W '-o --output --json --color --host-root --errors -v --verbose -h --help'
		;;
	ps:*)
		_nsjoin_targets patterns
		;;
	*)
		_nsjoin_targets
		;;
	esac
	__ltrim_colon_completions "$cur"
}

_nsjoin()
{
	local cur prev words cword first

	COMPREPLY=()
	_get_comp_words_by_ref -n =: cur prev words cword || return
	if ((cword == 2)) && [[ $prev == help ]]; then
		_nsjoin_words -W 'targets ps inspect target host-root all mount uts ipc net pid user cgroup time net-socket user-parent setuid setgid preserve-credentials keep-caps root wd wdns env join-cgroup follow-context no-fork host-tools view tools-from remount host-exe privileged as-target shell pty stdio keep-fd dry-run json errors verbose quiet help version'
		return
	elif ((cword == 2)) && [[ $prev == version ]]; then
		_nsjoin_words -W '--json'
		return
	elif ((cword >= 2)) && [[ ${words[1]} == ps || ${words[1]} == inspect ]]; then
		_nsjoin_verb "${words[1]}"
		return
	fi
	_nsjoin_find_program
	if ((first > cword)); then
		[[ $prev == --* ]] || prev=-${prev: -1}
		_nsjoin_value "$prev"
		__ltrim_colon_completions "$cur"
	elif ((cword == 1)) && [[ $cur != -* ]]; then # a program comes after options
		_nsjoin_words -W 'ps inspect help version'
	elif ((first < cword)) || [[ $prev == -- || $cur != -* ]]; then
		_nsjoin_program
	elif [[ $cur == --*=* ]]; then
		prev=${cur%%=*} cur=${cur#*=}
		_nsjoin_value "$prev"
		__ltrim_colon_completions "$cur"
	elif [[ $cur =~ ^(-[amuinpUCTecZFHXvqhV]*([tNSGrwWR]))(.+)$ ]]; then
		_nsjoin_attached "-${BASH_REMATCH[2]}" "${BASH_REMATCH[1]}" "${BASH_REMATCH[3]}"
	elif [[ $cur =~ ^(-[amuinpUCTecZFHXvqhV]*([muinpUCT]))([=./].*)$ ]]; then
		_nsjoin_attached "-${BASH_REMATCH[2]}" "${BASH_REMATCH[1]}" "${BASH_REMATCH[3]}"
	else
		_nsjoin_words -W '-t --target --host-root -a --all -m --mount -u --uts -i --ipc -n --net -p --pid -U --user -C --cgroup -T --time -N --net-socket --user-parent -S --setuid -G --setgid --preserve-credentials --keep-caps -r --root -w --wd -W --wdns -e --env -c --join-cgroup -Z --follow-context -F --no-fork -H --host-tools --view --tools-from -R --remount -X --host-exe --privileged --as-target --shell --pty --stdio --keep-fd --dry-run --json --errors -v --verbose -q --quiet -h --help -V --version'
	fi
} &&
	complete -F _nsjoin nsjoin
