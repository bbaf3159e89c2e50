#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: user userns
# What people get wrong, and what nsenter says badly: one clear message each, with its id.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

# ---- targets

@test "no target" {
	refused no-target 'target' -a
	refused no-target 'target' -n
	refused no-target 'target' -m -p
	fails_with 125 no-target 'target'
	fails_with 125 no-target 'target' -- true
	fails_with 125 no-target 'target' --host-root=/ ps
	expect_stderr 'ps comes first: nsjoin ps'
}

@test "a process that does not exist" {
	local gone
	gone=$(sh -c 'echo $$')
	refused target-not-found "$gone" -t "$gone" -a
	refused target-not-found "$gone" -t "$gone" -m
	refused target-not-found 999999 -t 999999 -U
}

# open_held PATTERN - enters the target as $pid, which is held at the first open that fits; its words go
# to $said, its opens to $trace
open_held() {
	local n
	trace=$BATS_TEST_TMPDIR/trace said=$BATS_TEST_TMPDIR/said
	timeout 20 strace -qq -o "$trace" -e trace=openat "$NSJOIN" -t "$T" true 3>&-
	n=$(grep -n "$1" "$trace" | head -n 1)
	[ -n "$n" ] || fail "$1 is not opened"
	: >"$trace"
	NSJOIN_ERRORS=json timeout 20 strace -qq -o "$trace" -e trace=openat \
		-e inject="openat:delay_enter=1000000:when=${n%%:*}" "$NSJOIN" -t "$T" true \
		>/dev/null 2>"$said" 3>&- &
	pid=$!
}

@test "a target that ends while it is looked at" {
	local file pid trace said
	requires strace
	for file in status cgroup attr/current limits oom_score_adj; do
		target_full
		open_held "[0-9], \"$file\""
		wait_line "$trace" '[0-9], "root"'
		kill -KILL "$T"
		wait "$pid" || :
		kept_stop
		grep -q '"id":"target-is-gone"' "$said" || fail "$file: $(<"$said")"
	done
}

@test "a target that ends before its cgroup is opened, and takes that along" {
	local i dir pid trace said
	requires strace cgroup2
	target_full
	cgroup_make "" "nsjoin-gone-$$"
	dir=$REPLY
	unset 'made_cgroup[-1]' # it is gone at the end
	echo "$T" >"$dir/cgroup.procs"
	open_held "nsjoin-gone-$$"
	wait_line "$trace" '"/proc/self/cgroup"'
	kill -KILL "$T"
	for ((i = 0; i < 50; i++)); do
		rmdir "$dir" 2>/dev/null && break
		sleep 0.01
	done
	[ ! -e "$dir" ]
	wait "$pid" || :
	kept_stop
	grep -q '"id":"target-is-gone"' "$said" || fail "$(<"$said")"
}

@test "a number that looks like a container's id" {
	refused target-looks-like-id '123456789012' -t 123456789012 -n
	hear j -t 123456789012 -n true
	expect_stderr '^hint: .*id:123456789012'
}

@test "a zombie" {
	kept_start "$NSJOIN_HELPERS/odd" zombie
	refused target-is-gone "${BOX[zombie]}.*(exited|ended|zombie)" -t "${BOX[zombie]}" -m
	refused target-is-gone "${BOX[zombie]}.*(exited|ended|zombie)" -t "${BOX[zombie]}" -a
}

@test "a process whose first thread has ended" {
	kept_start "$NSJOIN_HELPERS/odd" headless
	refused target-is-gone "the first thread of process ${BOX[headless]} has exited" -t "${BOX[headless]}" -m
	refused target-is-gone "the first thread of process ${BOX[headless]} has exited" -t "${BOX[headless]}"
}

@test "a thread that is not its process's first" {
	kept_start "$NSJOIN_HELPERS/odd" thread
	refused target-not-found "${BOX[thread]}.*thread" -t "${BOX[thread]}" -n
	expect_stderr_of_text "${BOX[target]}" -t "${BOX[thread]}" -n
}

# The message, hints included, names something.
expect_stderr_of_text() {
	local text=$1
	shift
	hear j "$@" true
	expect_stderr "$text"
}

@test "a kernel thread" {
	[ "$(stat -c %u /proc/2 2>/dev/null)" = 0 ] || skip "no kernel thread is visible here"
	refused target-not-found '2.*kernel' -t 2 -m
	refused target-not-found '2.*kernel' -t 2 -a
}

@test "targets that are none" {
	local bad
	# Those that could be what something is called.
	for bad in ' 1' '1 ' +1 0x1 $'1\n'; do
		refused target-not-found '' -t "$bad" -u
	done
	for bad in -1 1: :1 -1:122 1:-122 1:x 1:2:3 0 00 4294967296:5; do
		refused usage '' -t "$bad" -u
	done
	# The latter before Linux 6.9.
	refused '(target-is-gone|kernel-too-old)' 'process 1 .*inode' -t 1:0 -u
	refused usage '' -t '' -u
	refused usage '' --target= -u
	refused target-not-found 'abc-no-such' -t abc-no-such -u
}

@test "targets with letters that steer a terminal" {
	refused target-not-found '\\x1b|\\e|\\033' -t $'we\e]0;x\ab' -n
	refused usage '' -t $'we\nnsjoin: all is well' -n
	refused target-not-found '' -t $'\x80\xff\xfe' -n
	refused target-not-found '' -t $'\u202egnp.exe' -n
}

@test "a target of 4096 letters" {
	refused usage 'aaaa' -t "$(printf 'a%.0s' {1..4096})" -n
	refused usage '' -t "$(printf '9%.0s' {1..4096})" -n
	refused usage '' -t "id:$(printf 'f%.0s' {1..4096})" -n
}

@test "-t twice" {
	target_full
	refused usage '(-t|--target).*(once|twice|already)' -t "$T" -t "$T" -n
}

@test "a pid file" {
	local file=$BATS_TEST_TMPDIR/pid bad
	target_full
	echo "$T" >"$file"
	ok -t "@$file" -n "$fdlist"
	joined net
	printf '%s' "$T" >"$file"
	ok -t "@$file" -n true
	for bad in '' x "-$T" "$T x" 0 $'\e' 99999999999999999999; do
		printf '%s\n' "$bad" >"$file"
		refused target-not-found "$file" -t "@$file" -n
	done
	refused target-not-found 'nonexistent' -t @/nonexistent -n
	refused target-not-found '/tmp' -t @/tmp -n
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	refused target-not-found 'fifo' -t "@$BATS_TEST_TMPDIR/fifo" -n
	echo "$T" >"$file"
	chown 1000 "$file"
	refused permission "$file" -t "@$file" -n
}

@test "the host" {
	# In a pid namespace of our own the host is an init that we can look into.
	host_j() {
		timeout 20 unshare -p -n -f --mount-proc --kill-child sh -c '"$@"; exit $?' sh \
			nsenter --net=/proc/self/fd/9 "$NSJOIN" "$@" 9</proc/self/ns/net 3>&-
	}
	hear host_j -t host -a "$fdlist"
	expect_status 0
	other_ns net "$(ns_of net)"
	hear host_j -t 1 -n "$fdlist"
	expect_status 0
	other_ns net "$(ns_of net)"
}

# ---- namespace files

@test "a file that is not attached to its option" {
	target_full
	fails_with 125 file-not-attached "-n/proc/$T/ns/net" -n "/proc/$T/ns/net" true
	fails_with 125 file-not-attached "(-m|--mount=)/proc/$T/ns/mnt" -m "/proc/$T/ns/mnt" true
	fails_with 125 file-not-attached "" -t "$T" -n "/proc/$T/ns/net" true
}

@test "a directory that is not attached to its option" {
	target_full
	fails_with 126 cannot-execute 'attach it to its option: -w/tmp' -t "$T" -w /tmp pwd
	fails_with 126 cannot-execute 'attach it to its option: -r/tmp' -t "$T" -a -r /tmp pwd
}

@test "a namespace file of another kind" {
	target_full
	refused wrong-namespace-file "/proc/$T/ns/mnt.*mnt|mnt.*/proc/$T/ns/mnt" \
		-n="/proc/$T/ns/mnt"
	refused wrong-namespace-file "/proc/$T/ns/net" -p="/proc/$T/ns/net"
	refused wrong-namespace-file "/proc/$T/ns/net" -U="/proc/$T/ns/net"
	refused wrong-namespace-file "/proc/$T/ns/pid" --time="/proc/$T/ns/pid"
}

@test "a namespace file that is something else" {
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	: >"$BATS_TEST_TMPDIR/file"
	refused wrong-namespace-file /tmp -n=/tmp
	refused wrong-namespace-file /etc/passwd -m=/etc/passwd
	refused wrong-namespace-file fifo -n="$BATS_TEST_TMPDIR/fifo"
	refused wrong-namespace-file file -p="$BATS_TEST_TMPDIR/file"
	refused wrong-namespace-file /dev/null -u=/dev/null
	refused wrong-namespace-file /dev/zero -u=/dev/zero
	refused wrong-namespace-file '/nonexistent.*No such' -n=/nonexistent
	refused usage '' -n=
	refused usage '' --net=
	refused wrong-namespace-file 'File name too long|too long' -n="/$(printf 'a%.0s' {1..4096})"
	refused wrong-namespace-file '\\x1b' -n=$'/no\e[31m'
}

@test "a namespace id" {
	refused kernel-too-old '999999999' -n=:999999999
	refused usage '' -n=:
	refused usage '' -n=:x
	refused usage '' -n=:-1
}

# ---- options

@test "an option that does not exist" {
	fails_with 125 unknown-option '--nett' --nett
	expect_stderr 'nett'
	fails_with 125 unknown-option '-y' -t 1 -y
	fails_with 125 unknown-option '--no-such-thing' -t 1 -n --no-such-thing=5
	refused unknown-option "" -t $$ -nz
	refused unknown-option '\\x1b' -t $$ $'--x\e'
}

@test "a slip in a long option is asked about" {
	hear j -t 1 --nett true
	expect_stderr 'hint: did you mean --net'
}

@test "an option without its argument, and one with an argument too much" {
	fails_with 125 usage '(-t|--target)' -t
	fails_with 125 usage '(-S|--setuid)' -t 1 -n -S
	fails_with 125 usage '--setgid' -t 1 -n --setgid
	fails_with 125 usage '--all' -t 1 --all=x true
	fails_with 125 usage '--dry-run' -t 1 --dry-run=x true
}

@test "-it as with docker" {
	refused usage 'when there is one: nsjoin -t web$' -it web
	fails_with 125 usage 'when there is one: nsjoin -t web$' -it web sh
	fails_with 125 usage 'when there is one: nsjoin -t web$' -t web -it sh
	fails_with 125 usage 'when there is one: nsjoin -t TARGET$' -it
	fails_with 125 usage 'when there is one: nsjoin -t TARGET$' -it --rm web
	fails_with 125 usage 'when there is one: nsjoin -t TARGET$' -it 'a b'
}

@test "a user, a container, a variable and a command line as other tools take them" {
	target_full
	fails_with 127 program-not-found 'as a user: -S no-such-user' -t "$T" -u no-such-user id
	fails_with 127 program-not-found 'as a user: -S no-such-user' -t "$T" --user no-such-user id
	refused wrong-namespace-file 'as a user: -S no-such-user' -t "$T" --user=no-such-user
	refused wrong-namespace-file 'as a user: -S no-such-user' -t "$T" -u=no-such-user
	refused wrong-namespace-file 'of a container: -t no-such-one -n' --net=no-such-one
	refused wrong-namespace-file 'of a container: -t no-such-one -n' -n=no-such-one
	fails_with 127 program-not-found 'for a variable: env A=b' -t "$T" -e A=b true
	fails_with 127 program-not-found 'hint: for a variable: env A=/b' -t "$T" A=/b true
	fails_with 127 program-not-found 'for a shell: sh -c .*"echo here"' -t "$T" "echo here"
	fails_with 127 program-not-found "to ask about it: nsjoin inspect $T" -t "$T" inspect
	fails_with 127 program-not-found 'no/a=b' -t "$T" no/a=b
	! grep -q 'for a variable' <<<"$stderr" || fail "$stderr"
	fails_with 127 program-not-found 'PATH was searched' -t "$T" -n -- no-such-user id
	! grep -q -- '-S' <<<"$stderr" || fail "$stderr"
}

@test "a target as a first word is asked about" {
	target_full
	fails_with 125 no-target "did you mean: nsjoin -t $T" "$T"
	fails_with 125 no-target "did you mean: nsjoin -t $T" exec "$T" sh
	fails_with 125 no-target "did you mean: nsjoin -t $T" exec -i -t "$T" sh
}

@test "a first word that is nearly a verb" {
	fails_with 125 no-target 'did you mean: nsjoin inspect\?' inspcet 1
	fails_with 125 no-target 'did you mean: nsjoin help\?' hlep
	fails_with 125 no-target 'did you mean: nsjoin version\?' verson --json
	fails_with 125 no-target 'hint: nsjoin ps lists' pss
}

@test "inspect takes its target as a word" {
	for option in -t --target --target=1; do
		hear -125 j inspect "$option" 1
		expect_stderr 'hint: the target is a word of its own: nsjoin inspect TARGET'
	done
	hear -125 j ps -t 1
	expect_stderr 'hint: nsjoin help ps lists the options'
}

@test "who has no target is told where targets are listed" {
	fails_with 125 no-target 'hint: nsjoin ps lists'
	fails_with 125 no-target 'hint: nsjoin ps lists' exec
	fails_with 125 no-target 'hint: nsjoin ps lists' exec -it
	fails_with 125 no-target 'hint: nsjoin ps lists' -n ip addr
	fails_with 125 no-target 'hint: nsjoin ps lists' inspect
	fails_with 125 target-not-found 'hint: nsjoin ps lists' -t nothing-is-called-like-this
}

@test "a command line without a namespace option" {
	target_full
	ok -t "$T" "$fdlist"
	joined mnt uts ipc net pid cgroup
	refused usage 'exclude each other' -t "$T" --privileged --as-target=ids
	refused usage 'not a list of parts' -t "$T" --as-target=idz
	refused no-target 'as-target' --as-target=ids
	ok -t "$T" --privileged "$fdlist"
	joined mnt uts ipc net pid cgroup
	[ "$(fact uid)" = "0 0 0 0" ]
}

# ---- permissions

@test "an ordinary user and a process of root's: whose it is, and what to do" {
	target_full
	refused_as user_j permission 'root|uid 0' -t "$T" -m
	expect_stderr_hint() { grep -q '^hint: ' <<<"$stderr"; }
	hear user_j -t "$T" -m true
	expect_stderr_hint || fail "no hint:" "$stderr"
	hear user_j -t "$T" -n true
	expect_stderr_hint || fail "no hint:" "$stderr"
}

@test "who may join namespaces, and not look at other users' processes" {
	target_full
	admin_j() {
		setpriv --reuid 1000 --regid 1000 --clear-groups --inh-caps=+sys_admin,+sys_chroot \
			--ambient-caps=+sys_admin,+sys_chroot -- timeout 20 "$NSJOIN" "$@" 3>&-
	}
	refused_as admin_j permission 'CAP_SYS_PTRACE is needed' -t "$T" -n
	refused_as admin_j permission 'hint: run as root' -n"/proc/$T/ns/net"
}

@test "an ordinary user and pid 1" {
	refused_as user_j permission '' -t 1 -m
	refused_as user_j permission 'hint: run as root' -m/proc/1/ns/mnt
	refused_as user_j permission '' -t host -a
}

@test "hidepid: a process that /proc does not show" {
	target_full
	hidden_j() {
		unshare -m sh -c \
			'mount -t proc -o hidepid=invisible proc /proc && exec setpriv --reuid 1000 \
			--regid 1000 --clear-groups timeout 20 "$0" "$@"' "$NSJOIN" "$@" 3>&-
	}
	refused_as hidden_j permission-hidepid 'hidepid' -t "$T" -n
}

# As j, where no file may have more than $blocks.
small_j() {
	# What is said would be too large as well, in bats's file: cat has no limit.
	{
		(ulimit -c 0 -f "$blocks" && j "$@" 2>&1 >&4 4>&-) | cat >&2 4>&-
		return "${PIPESTATUS[0]}"
	} 4>&1
}

@test "a limit on the size of files that nsjoin's own do not fit into" {
	local blocks
	requires root
	target_full
	for blocks in 1 0; do
		fails_as small_j 125 system 'File too large' -t "$T" -a true
		hear -125 small_j -t "$T" true
		message_form
		expect_stderr '^hint: ulimit -f unlimited'
	done
	# What not everybody may read is copied.
	install -m 700 "$NSJOIN_HELPERS/noop" "$BATS_TEST_TMPDIR/noop"
	hear -125 small_j -t "$T" -p -X "$BATS_TEST_TMPDIR/noop"
	expect_stderr 'copy .*noop.*File too large'
	expect_stderr '^hint: ulimit -f unlimited'
	# The program has SIGXFSZ as the caller has.
	blocks=100000
	hear small_j -t "$T" -a "$sigprog" --state
	expect_status 0
	[[ $output != *XFSZ* ]] || fail "$output"
	(trap '' XFSZ; small_j -t "$T" -n "$sigprog" --state) | grep -qx 'ignored XFSZ'
}

@test "a target that may open too few files" {
	local n
	requires root
	target_full
	for n in 6 5 3 0; do
		prlimit --nofile="$n": --pid "$T"
		fails_with 125 system "limit of \"$T\" on open files, $n, is too low" -t "$T" true
		hear -125 j -t "$T" true
		expect_stderr '^hint: --as-target=-rlimits'
		ok -t "$T" --as-target=-rlimits true
	done
}

@test "a target that may have too little memory" {
	local kind kinds=(stack data as)
	requires root
	[ -z "${ASAN_OPTIONS:-}" ] || kinds=(stack) # a sanitizer needs all of them before
	target_full
	for kind in "${kinds[@]}"; do
		prlimit --$kind=1: --pid "$T"
		fails_with 125 system "limit of \"$T\" on its .*, 1, is too low to start" -t "$T" true
		hear -125 j -t "$T" true
		expect_stderr '^hint: --as-target=-rlimits'
		ok -t "$T" --as-target=-rlimits true
		prlimit --$kind=unlimited: --pid "$T"
	done
}

# With three descriptors and $more.
starved_j() {
	timeout -k 5 20 prlimit --nofile="$((3 + more)):" "$NSJOIN" "$@" 3>&-
}

@test "too few open files are not a target that does not exist" {
	local more target
	for more in 1 2 3 5; do
		for target in no-such-name unit:no-such-name comm:no-such-name docker:no-such-name; do
			fails_as starved_j 125 system 'Too many open files' -t "$target" true
		done
	done
	hear -125 starved_j -t no-such-name true
	expect_stderr '^hint: .*ulimit -n'
	more=30
	fails_as starved_j 125 target-not-found 'no container or process "no-such-name"' \
		-t no-such-name true
}

without_proc_j() {
	# shellcheck disable=SC2016
	unshare --mount sh -c 'umount -l /proc && exec timeout -k 5 20 "$@"' - "$NSJOIN" "$@" 3>&-
}

@test "without /proc it is /proc that is missing" {
	requires root
	fails_as without_proc_j 125 system '/proc is not mounted' -t 1 id
	fails_as without_proc_j 125 system '/proc is not mounted' -t no-such-name id
	fails_as without_proc_j 125 system '/proc is not mounted' -t host -n id
	hear -125 without_proc_j ps
	expect_stderr '/proc is not mounted'
}

@test "what -Z says without a security module" {
	target_full
	grep -qE 'selinux|apparmor' /sys/kernel/security/lsm 2>/dev/null && skip \
		"a module labels processes"
	ok -t "$T" -n -Z "$fdlist"
	expect_stderr 'nsjoin: note: '
	joined net
}

# ---- form

@test "errors as JSON: an object on one line, with what is needed to act" {
	requires python3
	NSJOIN_ERRORS=json hear j -t 999999 -n true
	expect_status 125
	python3 - "$stderr" <<-'END'
		import json, sys
		e = json.loads(sys.argv[1])
		assert e["schema"] == 1 and e["id"] == "target-not-found" and e["status"] == 125, e
		assert e["target"] == "999999" and isinstance(e["hints"], list) and e["message"], e
		assert "errno" in e, e
	END
	# Also where it was found, and by whoever has joined it.
	target_full
	for option in -w/nope /nope; do
		hear j --errors=json -t "$T" -m "$option"
		[[ $stderr == *"\"target\":\"$T\""* ]] || fail "$stderr"
	done
	hear j --errors=json -t $'\e\x80"\\' -n true
	expect_status 125
	python3 -c 'import json, sys; assert json.loads(sys.argv[1])["id"] == "target-not-found"' \
		"$stderr"
}

@test "a bad value of --errors" {
	hear j --errors=xml -t 1 -n true
	expect_status 125
	expect_output ""
	message_form
	expect_stderr xml
}
