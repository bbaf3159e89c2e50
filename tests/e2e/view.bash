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

# untouched DIR COMMAND... - neither our mounts, nor the target's, nor its files have changed by it
untouched() {
	local dir=$1 ours theirs files
	shift
	ours=$(</proc/self/mountinfo) theirs=$(<"/proc/$T/mountinfo") files=$(listed "$dir")
	"$@"
	[ "$ours" = "$(</proc/self/mountinfo)" ] || fail "our mounts have changed"
	[ "$theirs" = "$(<"/proc/$T/mountinfo")" ] || fail "the target's mounts have changed"
	diff <(echo "$files") <(listed "$dir") || fail "the target's files have changed"
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
