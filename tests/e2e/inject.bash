# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck disable=SC2034 # facts is for the tests only
# shellcheck disable=SC2154 # BATS_*, fdlist are set by bats and lib.bash
# Makes each system call of a run fail, one at a time, and judges what comes of it. Sourced after
# lib.bash.

# Where a program is, what it holds and who it is: all that could be wrong.
facts=(arg fd uid gid groups capinh capprm capeff capbnd capamb nnp seccomp nofile core nice ns cwdino rootino umask sigblk
	sigign env hostname)
command_line=()    # after "nsjoin"
command_stdin=/dev/null
always_fails=""    # a call that this kernel does not have
each_error=false   # each call fails in all ways, and not in the one whose turn it is
declare -gA errors_of=(
	[mmap]=ENOMEM [munmap]=ENOMEM [mprotect]=ENOMEM [madvise]=ENOMEM
	[getpid]=EPERM [getppid]=EPERM [gettid]=EPERM [geteuid]=EPERM [getuid]=EPERM
	[getrandom]="ENOSYS EINTR"
	[read]="EINTR EIO EPERM" [pread64]="EINTR EIO" [getdents64]="EIO EINTR"
	[write]="EINTR EPERM ENOMEM EINVAL" [close]="EINTR EIO"
	[openat]="EPERM ENOMEM EINTR EMFILE" [openat2]="ENOSYS EPERM ENOMEM EAGAIN EINTR"
	[newfstatat]="EPERM ENOMEM ENOENT" [fstatfs]="EPERM ENOSYS" [readlinkat]="EPERM ENOENT"
	[poll]="EINTR ENOMEM EINVAL" [pwritev2]="EINTR EOPNOTSUPP EIO" [wait4]="EINTR ECHILD EINVAL"
	[rt_sigtimedwait]="EINTR EAGAIN EINVAL"
	[setns]="EPERM ENOMEM EINVAL ENOSYS" [pidfd_open]="EPERM ENOMEM EINVAL ENOSYS ESRCH"
	[close_range]="EPERM ENOMEM EINVAL ENOSYS" [clone3]="EPERM ENOMEM EINVAL ENOSYS EAGAIN"
	[clone]="ENOMEM EAGAIN EPERM" [vfork]="ENOMEM EAGAIN EPERM"
	[execveat]="EPERM ENOMEM EACCES ENOSYS EINVAL" [keyctl]="EPERM ENOSYS EDQUOT"
	[memfd_create]="EPERM ENOMEM EMFILE ENOSYS EACCES EINVAL" [fcntl]="EPERM EINVAL"
	[recvfrom]="EINTR ECONNRESET" [recvmsg]="EINTR ECONNRESET ENOMEM"
	[sendmsg]="EPIPE ENOMEM" [ppoll]="EINTR" [dup3]="EBADF EMFILE"
	[execve]="EPERM ENOMEM EACCES ENOENT ENOEXEC EINVAL"
)
errors_else="EPERM ENOMEM EINVAL"

# From here on nothing is started that need not be: all of this is done thousands of times.

# injected ERR STRACE-OPTIONS... - one run; PAD is in front of nsjoin where that is needed.
# strace leaves a program as soon as it is executed: its own calls do not fail. $said is what the
# program has said, all of it, since this waits for everybody who could say more.
injected() {
	local err=$1 ended
	local lacks=()
	shift
	[ -z "$always_fails" ] || lacks=(-e inject="$always_fails:error=ENOSYS")
	said=$(timeout -k 2 60 strace -f -qq "${lacks[@]}" "$@" "${pad[@]}" "$NSJOIN" "${dry[@]}" \
		"${command_line[@]}" <"$command_stdin" 2>"$err" 3>&-)
	ended=$?
	without_pipes
	return "$ended"
}

# Names of pipes differ each time.
without_pipes() {
	local line lines=()
	mapfile -t lines <<<"$said"
	for line in "${!lines[@]}"; do
		[[ ! ${lines[line]} =~ ^fd\ [0-9]+\  ]] || lines[line]=${BASH_REMATCH[0]}
	done
	printf -v said '%s\n' "${lines[@]}"
}

# slurp FILE VARIABLE
slurp() {
	IFS= read -r -d '' "$2" <"$1" || :
}

# reference - the run without errors: what the program should say, and which calls there are
reference() {
	local dir=$BATS_TEST_TMPDIR/reference
	mkdir "$dir"
	pad=() dry=()
	injected "$dir/err" -ff -y -b execve -o "$dir/trace" ||
		fail "the run itself fails: status $?" "$(<"$dir/err")"
	[ -n "${said//$'\n'/}" ] || fail "the program says nothing" "$(<"$dir/err")"
	said_in_run=$said
	dry=(--dry-run --json)
	injected "$dir/err" -o /dev/null || fail "the dry run fails" "$(<"$dir/err")"
	said_in_probe=$said
	awk -f "$BATS_TEST_DIRNAME/inject-points.awk" "$dir/trace".* >"$dir/points"
	[ -s "$dir/points" ] || fail "no call of nsjoin was found"
}

# finding WHAT - one line for what must not be
finding() {
	echo "$call number $number fails with $error ($where): $1; status $status; ${errors//$'\n'/|}"
}

# Nothing was said, or the beginning of it, before nsjoin failed.
was_cut_off() {
	[ "$status" -ne 0 ] && [[ $reference == "${said%$'\n'}"* ]]
}

# judge - an error that is said, or the right result. Fails where the call was not made at all.
judge() {
	local line errors trace messages=0 killed=0 failed=0 reference=$said_in_run
	[ "$where" != probe ] || reference=$said_in_probe
	slurp "$dir/err" errors
	slurp "$dir/trace" trace
	while read -r line; do
		[[ ! $line =~ ^nsjoin:\  || $line =~ ^nsjoin:\ (note|warning):\  ]] ||
			messages=$((messages + 1))
		[ "$line" != 'nsjoin: nsjoin was killed' ] || killed=$((killed + 1))
	done <<<"$errors"
	# A child notices that its parent has failed.
	[ "$messages" -lt 2 ] || messages=$((messages - killed))
	while read -r line; do
		# "call(" or, where another process came in between, "call resumed"
		[[ $line != *"$call"[\(\ ]*"(INJECTED)"* ]] || failed=$((failed + 1))
	done <<<"$trace"
	if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
		finding "does not come to an end"
	elif [ "$status" -ge 128 ]; then
		finding "is killed"
	elif [ "$said" != "$reference" ] && ! was_cut_off; then
		finding "the program is not what it should be: $(
			diff <(echo "$reference") <(echo "$said") | head -n 6 | tr '\n' '|')"
	elif [ "$status" -eq 0 ] && [ "$messages" -ne 0 ]; then
		finding "a message, and yet success"
	elif [ "$status" -eq 0 ] && [ "$rule" = must ] && ! falls_back; then
		finding "the error is ignored"
	elif [ "$status" -ne 0 ] && { [ "$status" -lt 125 ] || [ "$status" -gt 127 ]; }; then
		finding "a status that is not nsjoin's"
	elif [ "$status" -ne 0 ] && [ "$messages" -lt 1 ] && ! is_muted; then
		finding "no message for $failed errors"
	elif [ "$messages" -gt "$failed" ]; then
		finding "$messages messages for $failed errors"
	fi
	[ "$failed" -gt 0 ]
}

# The second error was in what would have carried the message: from the child, or out of nsjoin.
is_muted() {
	[ "$failed" -ge 2 ] && [[ " read write fcntl " == *" $call "* ]]
}

# There is another way to do the same, or it is simply done again.
falls_back() {
	case $call in
	setns) [[ " EINVAL ENOSYS EBADF " == *" $error "* ]] ;;
	write) [ "$error" = EINTR ] ;;
	# Whichever number it is: another run may hold the target.
	ptrace) [[ $error = EPERM && $trace =~ PTRACE_SEIZE[^$'\n']*INJECTED ]] ;;
	keyctl) [ "$error" = ENOSYS ] ;; # a kernel without keys
	*) false ;;
	esac
}

# errors_for CALL TURN - $errors_now: in which ways it fails
errors_for() {
	read -ra errors_now <<<"${errors_of[$1]:-$errors_else}"
	$each_error || errors_now=("${errors_now[$2 % ${#errors_now[@]}]}")
}

inject_once() {
	status=0
	injected "$dir/err" "${until[@]}" -o "$dir/trace" \
		-e trace="$call${always_fails:+,$always_fails}" \
		-e inject="$call:error=$error:when=$number" || status=$?
}

# How often a process waits, and what is left to be carried or closed when the program ends, depends on
# how the processes take turns: another run may do without the call.
inject() {
	local turn
	for turn in 1 2 3; do
		inject_once
		# strace waits for ever for a program that is killed while it lets go of it.
		[ "$status" -ne 137 ] || inject_once
		judge && return
	done
	missed=$((missed + 1))
	[ "$rule" != must ] || finding "it was not called"
}

# worker K OF - every OFth point
worker() {
	local dir=$BATS_TEST_TMPDIR/worker$1 k=0 call number where rule error status count=0 right=0 missed=0
	local errors_now=()
	mkdir "$dir"
	while read -r call number where rule; do
		[ $((k++ % $2)) -eq "$1" ] || continue
		# What always fails has its error already.
		[ "$call" != "$always_fails" ] || continue
		pad=() dry=() until=(-b execve)
		[ "$where" = run ] || pad=("$NSJOIN_HELPERS/padcalls" "$call" "$number") until=()
		[ "$where" != probe ] || dry=(--dry-run --json)
		errors_for "$call" $((k + BATS_TEST_NUMBER))
		for error in "${errors_now[@]}"; do
			inject
			count=$((count + 1))
			[ "$status" -ne 0 ] || right=$((right + 1))
		done
	done <"$BATS_TEST_TMPDIR/reference/points" >"$dir/findings"
	echo "$count $right $missed" >"$dir/counts"
}

# every_call_fails - the whole; findings are a failure, and so is it where many a call was not made
every_call_fails() {
	local k calls count right missed workers=()
	reference
	for ((k = 0; k < 3; k++)); do
		worker "$k" 3 3>&- &
		workers+=($!)
	done
	wait "${workers[@]}"
	[ "$(cat "$BATS_TEST_TMPDIR"/worker?/counts | wc -l)" -eq 3 ] || fail "a worker has failed"
	calls=$(wc -l <"$BATS_TEST_TMPDIR/reference/points")
	read -r count right missed < <(awk '{ n += $1; right += $2; missed += $3 } END { print n, right, missed }' \
		"$BATS_TEST_TMPDIR"/worker?/counts)
	echo "# $calls calls, $count errors: $((count - right)) refused, $right with the right result," \
		"$missed of them without the call" >&3
	[ $((missed * 20)) -le "$count" ] || fail "too many calls were not made"
	! grep -h . "$BATS_TEST_TMPDIR"/worker?/findings
}

# Of programs that ignore a result on purpose (tests/CMakeLists.txt) there must be findings.
wrong() {
	local found each_error=true
	[ -x "$NSJOIN_HELPERS/mutant-$1" ] || fail "$1 was not built: its source has changed"
	NSJOIN=$NSJOIN_HELPERS/mutant-$1
	found=$(set +e; reference && grep "^$2 " "$BATS_TEST_TMPDIR/reference/points" \
		>"$BATS_TEST_TMPDIR/points"
		mv "$BATS_TEST_TMPDIR/points" "$BATS_TEST_TMPDIR/reference/points"
		worker 0 1 3>&-
		cat "$BATS_TEST_TMPDIR/worker0/findings")
	grep -qE -- "$3" <<<"$found" || fail "not found:" "$found"
}
