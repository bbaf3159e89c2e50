# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck disable=SC2154 # BATS_*, T are set by bats and lib.bash
# Targets without tools, and what a view must leave as it was. Sourced after lib.bash.

# one_file_root DIR - a root directory that holds one static program and where /proc can be
one_file_root() {
	mkdir -p "$1/proc"
	cp "$fdlist" "$1/app"
}

# listed DIR - all files with inode, change time, mode and size, and their extended attributes
listed() {
	find "$1" -xdev -printf '%p %i %C@ %m %s %U %G\n' | sort
	find "$1" -xdev -print0 | sort -z | python3 -c 'import os, sys
for path in sys.stdin.buffer.read().split(b"\0")[:-1]:
    for name in sorted(os.listxattr(path, follow_symlinks=False)):
        print(path, name, os.getxattr(path, name, follow_symlinks=False))'
}

# remembered DIR - how things are now, for unchanged
remembered() {
	kept_dir=$1
	kept_ours=$(</proc/self/mountinfo) kept_theirs=$(<"/proc/$T/mountinfo")
	kept_files=$(listed "$1")
}

# unchanged WHEN - neither our mounts, nor the target's, nor its files have changed
unchanged() {
	[ "$kept_ours" = "$(</proc/self/mountinfo)" ] || fail "$1: our mounts have changed"
	[ "$kept_theirs" = "$(<"/proc/$T/mountinfo")" ] || fail "$1: the target's mounts have changed"
	diff <(echo "$kept_files") <(listed "$kept_dir") || fail "$1: the target's files have changed"
}

# untouched DIR COMMAND... - nothing of all that has changed by it
untouched() {
	remembered "$1"
	shift
	"$@"
	unchanged "after $*"
}

# untouched_during DIR OPTIONS... - nor while a program is there, nor behind it
untouched_during() {
	local said=$BATS_TEST_TMPDIR/said.during go=$BATS_TEST_TMPDIR/go.during pid
	setfattr_on "$1/app"
	remembered "$1"
	shift
	rm -f "$go" && mkfifo "$go" && : >"$said"
	timeout -k 5 20 "$NSJOIN" -t "$T" "$@" sh -c 'ls / >/dev/null; echo ready; read x' <>"$go" \
		>"$said" 3>&- &
	pid=$!
	wait_line "$said" ready
	unchanged "while a program is there"
	echo >"$go"
	wait "$pid" || fail "status $?"
	unchanged "behind the program"
}

# setfattr_on FILE - an attribute that only root sees
setfattr_on() {
	python3 -c 'import os, sys; os.setxattr(sys.argv[1], "trusted.nsjoin", b"1")' "$1"
}

# nothing_left [CHILDREN] - no child of the target's init, which waits for none, but these
nothing_left() {
	local child
	for child in $(<"/proc/$T/task/$T/children"); do
		[[ " ${1:-} " == *" $child "* ]] || fail "left to the init: $(<"/proc/$child/stat")" || return
	done
}

# orphans_are_reaped - what a program in the test's view leaves behind does not go to the target's init
orphans_are_reaped() {
	local try before
	view sh -c '(sleep 0.05 & echo $! >/tmp/orphan); o=$(cat /tmp/orphan)
		grep PPid /proc/$o/status; while [ -e /proc/$o ]; do sleep 0.01; done; echo reaped'
	[[ "$output" != *"PPid:"*[[:blank:]]1$'\n'* && "$output" == *reaped ]] || fail "$output"
	nothing_left
	# A helper that ends since the program has, as a debugger's does: it is given a moment, in which a
	# busy machine may not come to it.
	for try in {1..10}; do
		before=$(<"/proc/$T/task/$T/children")
		view bash -c 'coproc { cat; exec sleep 0.02; }; exit 0'
		if nothing_left "$before"; then
			return
		fi
	done
	fail "no helper was waited for"
}

# failures_are_reaped OPTIONS... - nor does a process that could not become the program
failures_are_reaped() {
	fails_with 127 program-not-found nonexistent -t "$T" "$@" /nonexistent
	nothing_left
	fails_with 126 cannot-execute 'a directory' -t "$T" "$@" /
	nothing_left
	fails_with 126 cannot-execute 'not executable' -t "$T" "$@" /etc/hosts
	nothing_left
}

# checks_passed OPTIONS... - how many of the host's tools do their work: $REPLY; the others go to
# $BATS_TEST_TMPDIR/failed. Without options on the host itself.
checks_passed() {
	local line status run=()
	REPLY=0
	: >"$BATS_TEST_TMPDIR/failed"
	while IFS= read -r line; do
		[[ $line == '#'* ]] && continue
		status=0
		run=()
		[ $# -eq 0 ] || run=("$NSJOIN" "$@")
		# In a directory that every view has.
		eval "cd / && timeout -k 2 20 \"\${run[@]}\" ${line%% || true}" </dev/null \
			>"$BATS_TEST_TMPDIR/check" 2>&1 3>&- || status=$?
		[[ $line == *'|| true' ]] && status=0
		[[ $line == curl* && $status -eq 7 ]] && status=0
		grep -qE 'error while loading|cannot open shared|Input/output error' \
			"$BATS_TEST_TMPDIR/check" && status=1
		if [ "$status" -eq 0 ]; then
			REPLY=$((REPLY + 1))
		else
			echo "$status: $line: $(head -n 2 "$BATS_TEST_TMPDIR/check")" >>"$BATS_TEST_TMPDIR/failed"
		fi
	done <"$BATS_TEST_DIRNAME/host-tool-checks.txt"
}
