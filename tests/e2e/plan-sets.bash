# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck disable=SC2154 # BATS_*, fdlist, T are set by bats and lib.bash
# Sets of options, and whether their plan is what happens. Sourced after lib.bash.

# What the probe may do: join the files, drop all privileges or all but the reader's, answer. Extended regular expressions
# for whole calls; anything else of it is a finding.
probe_may='fork\(\)
clone\(CLONE_VM\)
dup2\(pipe, [012]\)
prctl\(PR_SET_PDEATHSIG, SIGKILL\)
prctl\(PR_SET_DUMPABLE, 0\)
prctl\(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0\)
open_tree\([^,]*, "[^"]*", OPEN_TREE_CLONE\|OPEN_TREE_CLOEXEC\|(AT_SYMLINK_NOFOLLOW\|)?AT_NO_AUTOMOUNT\|(AT_EMPTY_PATH\|)?AT_RECURSIVE\)
mount_setattr\([^,]*, "", AT_EMPTY_PATH\|AT_RECURSIVE, \{attr_set=MOUNT_ATTR_RDONLY\|MOUNT_ATTR_NOSUID\|MOUNT_ATTR_NODEV, .*
fs(open\("proc"|config\(|mount\().*
setns\((pidfd|mnt:\[[0-9]+\]|user:\[[0-9]+\]), (CLONE_NEWUSER|CLONE_NEWNS|CLONE_NEWUSER\|CLONE_NEWNS)\)
fchdir\(root\)
chroot\("\."\)
chdir\("[^"]*"\)
setresgid\(0, 0, 0\)
setresuid\(0, 0, 0\)
capset\(.*\{effective=0, permitted=0, inheritable=0\}\)
capset\(.*\{effective=1<<CAP_DAC_READ_SEARCH, permitted=1<<CAP_DAC_READ_SEARCH, inheritable=0\}\)'

as=()      # who types
options=() # what is typed
sets_run=0 # plans that were run and were what happened
sets_refused=0
traces=0 # runs so far; the last one's files are $trace.PID

cgroup_files="" # what -c opens, in quotes, also where the run is refused then

# A sequence that is the same on every run.
random=20240229
pick() {
	random=$(((random * 1103515245 + 12345) & 0x7fffffff))
	REPLY=$(((random >> 16) % $1))
}

# one_in N OPTION... - adds the options, once in N times
one_in() {
	pick "$1"
	[ "$REPLY" -ne 0 ] || options+=("${@:2}")
}

# one_of WORD... - adds one of the words; the empty word adds nothing
one_of() {
	pick $#
	local word=${*:REPLY+1:1}
	[ -z "$word" ] || options+=("$word")
}

# traced ARGS... - nsjoin under strace. Root traces, also when an ordinary user types: a process that
# has hidden itself cannot be read by anybody else.
traced() {
	local status=0
	trace=$BATS_TEST_TMPDIR/trace.$((traces += 1))
	# All holders of the pipe have ended when this comes back: nothing is waited for otherwise.
	stdout=$(timeout -k 5 20 strace -ff -y --decode-pids=pidns -s 200 -o "$trace" "${as[@]}" "$NSJOIN" "$@" 2>"$BATS_TEST_TMPDIR/stderr" 3>&- \
		8< <(:) 9</dev/null) || status=$?
	return "$status"
}

# calls_of PID - the trace in the words of the plan
calls_of() {
	awk -f "$BATS_TEST_DIRNAME/plan-calls.awk" -v target="$1" -v root="$root_dir" -v wd="$wd_dir" \
		"$trace".* || fail "the trace cannot be read"
}

# differs WHAT - says what was typed, and fails
differs() {
	fail "$1" "typed: ${as[*]} nsjoin ${options[*]}" "${@:2}" "$(<"$BATS_TEST_TMPDIR/stderr")"
}

# only_plan - filters what is judged by rule: the probe, and opening what the plan writes to
only_plan() {
	local call
	# There are hundreds of calls: nothing is started for each.
	while read -r call; do
		case $call in
		'probe '*' failed: '*) ;;
		'probe '*)
			[[ ${call#probe } =~ ^(${probe_may//$'\n'/|})$ ]] || echo "$call"
			;;
		'open '*)
			[[ ${planned:-$cgroup_files} == *"\"${call#open }\""* ]] || echo "$call"
			;;
		*)
			echo "$call"
			;;
		esac
	done
}

# check_set - whether the dry run of $options changes nothing, and the run does what it said
check_set() {
	local status=0 pid=${T:-none} argv happened last
	traced --dry-run --json "${options[@]}" || status=$?
	planned=""
	if [ "$status" -eq 0 ]; then
		{ read -r pid && read -r argv && { IFS= read -r -d '' planned || :; }; } < <(jq -r '(.target.pid // "none"), (
			if .program.login then ["-" + (.program.file | split("/") | last)]
			else .program.argv end | tojson), (.steps[].calls[] | gsub("/nsjoin-[0-9]+-[0-9]+"; "/nsjoin-PID"))' <<<"$stdout") ||
			differs "no plan that can be read" "$stdout"
		planned=${planned%$'\n'}
	fi
	happened=$(calls_of "$pid" | only_plan)
	[ -z "$happened" ] || differs "a dry run that does something:" "$happened"
	if [ "$status" -ne 0 ]; then
		check_refused "$status"
		return
	fi
	traced "${options[@]}" || differs "the plan could not be run: status $?" "$planned"
	happened=$(calls_of "$pid" | only_plan)
	argv=${argv//'","'/'", "'}
	# It is said by the last call of all.
	last=${planned##*$'\n'}
	planned="${planned%"$last"}argv $argv"$'\n'"$last"
	[ "$planned" = "$happened" ] ||
		differs "the plan is not what happened:" "$(diff <(echo "$planned") <(echo "$happened"))"
	sets_run=$((sets_run + 1))
}

# What the dry run refuses the run refuses, and before it has done anything; save that what the probe
# has found is met no sooner than when it is tried: a program that is not there, a call that fails.
check_refused() {
	local status=0 happened
	sets_refused=$((sets_refused + 1))
	traced "${options[@]}" || status=$?
	[ "$status" -ne 127 ] || return 0
	[ "$status" -eq 125 ] || differs "not refused: status $status"
	happened=$(calls_of "${T:-none}" | only_plan)
	[ -z "$happened" ] || grep -q ' failed: ' <<<"$happened" ||
		differs "refused too late:" "$happened"
	! grep -q '^execve' <<<"$happened" || differs "refused and run:" "$happened"
}

# sets_done - says how many, and remembers it for the last test
sets_done() {
	echo "# $sets_run sets run as planned, $sets_refused refused" >&3
	echo "$sets_run" >>"$BATS_FILE_TMPDIR/sets"
	[ "$sets_run" -gt "$sets_refused" ]
}
