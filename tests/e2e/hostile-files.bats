#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns busybox python3
# The target's files: whatever stands where nsjoin looks, it neither hangs nor is led astray.
#
#   R21  odd things in place of the passwd file
#   R22  a file system that never answers, where the passwd file is
#   R23  the same in a user namespace
#   R24  the same where the program is
#   R29  directories that lead out of the target
#   R43  a /proc that is none
#   R45  what the target wrote does not steer a terminal
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

setup() {
	root=$BATS_TEST_TMPDIR/root
	stallfs=$NSJOIN_HELPERS/stallfs
}

# target_with_root OPTIONS... - with /proc in it
target_with_root() {
	target_start --ns=muinp --mount-proc --pivot --root="$root" "$@"
}

# No control character but the ends of lines.
clean_words() {
	! LC_ALL=C grep -q $'[\x01-\x08\x0b-\x1f\x7f]' <<<"$stderr" || fail "control characters:" \
		"$(cat -v <<<"$stderr")"
}

# ---- R21

# modest COMMAND... - within little memory; sanitizers want terabytes of addresses
modest() {
	[ -n "${ASAN_OPTIONS:-}" ] || ulimit -v 30000
	exec "$@"
}

# shell_found WHAT - a shell runs although passwd is WHAT
shell_found() {
	hear modest timeout -k 1 5 "$NSJOIN" -t "$T" -a 3>&- <<<'echo fi""ne'
	[ "$status" -eq 0 ] || fail "$1: status $status" "$stderr" "$output"
	[ "$output" = fine ] || fail "$1: $output" "$stderr"
	clean_words
	[ "$(wc -l <<<"$stderr")" -le 2 ] || fail "$1:" "$stderr"
	! grep -q shadow-secret <<<"$stderr" || fail "$1" "$stderr"
}

# passwd WHAT COMMAND... - with /etc/passwd made by the command, whose last word is its path
passwd() {
	rm -rf "$root/etc/passwd"
	"${@:2}" "$root/etc/passwd"
	shell_found "$1"
}

link_to() {
	ln -s "$@"
}

write_file() {
	printf '%b' "$1" >"$2"
}

# long_line BYTES FILE, many_lines NUMBER FILE
long_line() {
	head -c "$1" /dev/zero | tr '\0' x >"$2"
}

many_lines() {
	seq 1 "$1" | sed 's|.*|user&:x:&:1::/:/bin/none|' >"$2"
}

sparse() {
	truncate -s 1T "$1"
}

unread_kernel_log() {
	python3 -c 'import ctypes; print(ctypes.CDLL(None).klogctl(9, None, 0))'
}

@test "no regular file in place of passwd" {
	root_make "$root"
	target_with_root
	passwd "a pipe" mkfifo
	passwd "a directory" mkdir
	passwd "a loop" link_to passwd
	passwd "a link to nothing" link_to /nothing
	node() { mknod "$3" c "$1" "$2"; }
	passwd "random numbers" node 1 9
	passwd "zeroes" node 1 5
	passwd "the terminal" node 5 0
	passwd "a console" node 5 1
}

# What is not read has not said that there is no such user.
@test "a user or group whose file cannot be read is not said to be unknown" {
	root_make "$root"
	target_with_root
	rm -f "$root/etc/passwd" "$root/etc/group"
	mkfifo "$root/etc/passwd" "$root/etc/group"
	refused system 'etc/passwd is no regular file' -t "$T" -S app
	refused system 'etc/group is no regular file' -t "$T" -G app
	refused system '-S "1234": .*etc/passwd is no regular file' -t "$T" -S 1234
	ok -t "$T" -S 1234 -G 50 /bin/cat /proc/self/status
	[[ $output == *$'\nUid:\t1234\t'* ]] || fail "$output"
	rm "$root/etc/passwd" "$root/etc/group"
	refused usage 'no user "app"' -t "$T" -S app
}

# Fewer groups than he has are another user's rights, not a safe choice.
@test "a user's groups that cannot be known are not left out" {
	local i
	root_make "$root"
	target_with_root
	mv "$root/etc/group" "$root/etc/group.real"
	mkfifo "$root/etc/group"
	refused system '-S "app": .*etc/group is no regular file' -t "$T" -S app
	[[ $stderr == *'-G GID'* ]] || fail "$stderr"
	refused system '-S "1234": .*etc/group is no regular file' -t "$T" -S 1234
	ok -t "$T" -S app -G 50 /bin/cat /proc/self/status
	[[ $output == *$'\nGroups:\t \n'* ]] || fail "$output"
	rm "$root/etc/group"
	for ((i = 1; i < 1024; i++)); do
		echo "g$i:x:$i:app"
	done >"$root/etc/group"
	ok -t "$T" -S app /bin/sh -c 'set -- $(id -G) && echo $#'
	[ "$output" = 1024 ] || fail "$output"
	echo 'g1024:x:1024:app' >>"$root/etc/group"
	refused system '-S "app": in more than 1024 groups of .* group file' -t "$T" -S app
	rm "$root/etc/group"
	ok -t "$T" -S app /bin/id -G
	[ "$output" = 1235 ] || fail "$output"
}

@test "a link in place of passwd" {
	local before after
	root_make "$root"
	target_with_root
	passwd "standard input" link_to /proc/self/fd/0
	passwd "another's root" link_to /proc/1/root/etc/group
	passwd "an environment" link_to /proc/1/environ
	passwd "the memory of a process" link_to /proc/self/mem
	passwd "out of the root" link_to ../../../../../etc/shadow
	passwd "absolutely out of the root" link_to /etc/shadow
	before=$(unread_kernel_log)
	passwd "the kernel's log" link_to /proc/kmsg
	after=$(unread_kernel_log)
	[ "$after" -ge "$before" ] || fail "the kernel's log was read: $before unread bytes, now $after"
}

@test "a regular file that is no passwd" {
	root_make "$root"
	target_with_root
	passwd "a terabyte of nothing" sparse
	passwd "empty" touch
	passwd "zeroes in lines" write_file 'root:x:0:0:\0:/root:/bin/none\nroot\0:x:0:0::/:/bin/none\n'
	passwd "a line of 2 MiB" long_line 2097152
	passwd "lines that end as in another system" write_file 'root:x:0:0:root:/root:/bin/sh\r\n'
	passwd "a hundred thousand lines" many_lines 100000
	passwd "colons" write_file '::::::::::::\n:::::::\n'
	passwd "a shell that is a directory" write_file 'root:x:0:0:root:/root:/etc\n'
	passwd "a shell that is a link to itself" write_file 'root:x:0:0:root:/root:/bin/loop\n'
	passwd "a relative shell" write_file 'root:x:0:0:root:/root:bin/sh\n'
	passwd "a long shell" write_file "root:x:0:0:root:/root:/$(printf 'x%.0s' {1..5000})\n"
}

# ---- R22 to R24

# stalled_target DIR KIND OPTIONS... - in whose root that directory never answers
stalled_target() {
	root_make "$root"
	target_with_root --setup="'$stallfs' '$root/$1' $2 ${device:-}" "${@:3}"
}

# ends_by SIGNAL ARGS... - nsjoin can be ended while it waits for the target's files
ends_by() {
	local child number got=0
	number=$(kill -l "$1")
	# A job of its own: else the shell has it ignore SIGINT.
	set -m
	"$NSJOIN" -t "$T" "${@:2}" </dev/null >/dev/null 2>"$BATS_TEST_TMPDIR/stderr" 3>&- &
	child=$!
	set +m
	sleep 0.5
	kill -"$1" "$child"
	gone "$child" 2
	wait "$child" || got=$?
	[ "$got" -eq $((128 + number)) ] || [ "$got" -eq 125 ] || fail "ended with $got" \
		"$(<"$BATS_TEST_TMPDIR/stderr")"
}

# gives_up ARGS... - by itself, within its time
gives_up() {
	hear -125 timeout -k 1 12 "$NSJOIN" -t "$T" "$@" </dev/null 3>&-
	[ -z "$output" ]
	message_form
	expect_stderr 'no answer|does not answer|not answered'
}

@test "a passwd file that never answers" {
	local kind sig
	requires fuse
	for kind in lookup read; do
		stalled_target etc "$kind"
		gives_up -a
		gives_up -m -S app /bin/true
		gives_up
		for sig in INT TERM HUP; do
			ends_by "$sig" -a
		done
		kept_stop
		rm -r "$root"
	done
}

# The signal that it asks for, to end with nsjoin, does not come any more.
@test "a passwd file that never answers: nsjoin is killed before who looks is tied to it" {
	local trace=$BATS_TEST_TMPDIR/trace tracer
	requires fuse strace
	stalled_target etc read
	: >"$trace"
	timeout -k 5 30 strace -f -qq -o "$trace" -e trace=prctl \
		-e inject=prctl:delay_enter=500000 "$NSJOIN" -t "$T" -a </dev/null >/dev/null 2>&1 3>&- &
	tracer=$!
	wait_line "$trace" 'PR_SET_PDEATHSIG'
	kill -KILL "$(pgrep -P "$(pgrep -P "$tracer")" -o)"
	gone "$tracer" 5
	wait "$tracer" || :
}

@test "a passwd file that never answers, in a user namespace" {
	local kind device=$BATS_TEST_TMPDIR/fuse
	requires fuse
	mknod -m 666 "$device" c 10 229
	open_dirs
	for kind in lookup read; do
		stalled_target etc "$kind" --as=100000 --ns=UmuinpC --uid-map='0 100000 65536' \
			--gid-map='0 100000 65536'
		gives_up -a
		ends_by INT -a
		gives_up
		kept_stop
		rm -r "$root"
	done
}

@test "a program that never answers" {
	local kind sig
	requires fuse
	for kind in lookup read; do
		stalled_target opt "$kind"
		for sig in INT TERM HUP; do
			ends_by "$sig" -a /opt/x
		done
		ends_by TERM /opt/x
		[ "$kind" = read ] || ends_by TERM -m -W /opt/x /bin/true
		gives_up -a /opt/x
		kept_stop
		rm -r "$root"
	done
}

# hung - processes of ours that wait for the file server, though they were killed
hung() {
	local pid children
	children=$(<"/proc/$NSJOIN_KEEPER/task/$NSJOIN_KEEPER/children")
	for pid in ${children#* }; do
		grep -q '^State:.D' "/proc/$pid/status" && echo "$pid"
	done
}

# lets_go ARGS... - a pipe of the caller's comes to its end although what waits for a file does not
lets_go() {
	local reader before
	before=$(hung)
	rm -f "$BATS_TEST_TMPDIR/pipe"
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	cat "$BATS_TEST_TMPDIR/pipe" 3>&- &
	reader=$!
	gives_up "$@" 7>"$BATS_TEST_TMPDIR/pipe"
	gone "$reader" 2
	wait "$reader"
	[ "$(hung)" != "$before" ] || fail "nobody waits for the file server"
}

@test "what waits for a file that never answers keeps nothing of the caller's open" {
	requires fuse
	stalled_target opt lookup
	lets_go -a /opt/x
	lets_go -m -W /opt/x /bin/true
	lets_go /opt/x
	kept_stop
	rm -r "$root"
	stalled_target etc lookup
	lets_go -m -S app /bin/true
	lets_go
}

# Whoever asked would wait, and not even SIGKILL would end that: so it is not looked at what was said.
@test "a directory that nobody is told about any more" {
	local child
	requires fuse
	stalled_target opt attributes --cwd=/opt
	"$NSJOIN" -t "$T" -H true </dev/null >/dev/null 2>&1 3>&- &
	child=$!
	gone "$child" 6 || fail "it hangs"
	kept_stop
	wait "$child"
}

@test "the user's terminal is his again after a target that never answers" {
	requires fuse
	stalled_target etc lookup
	hear timeout 30 "$ptyrun" expect='$ ' send='stty -a | md5sum\n' expect='  -' \
		expect='$ ' send="'$NSJOIN' -t $T -a\n" run='sleep 0.5' send='^C' expect='$ ' \
		send='stty -a | md5sum\n' expect='  -' expect='$ ' send='exit 5\n' \
		-- env PS1='$ ' bash --norc --noediting -i 3>&-
	[[ $status -eq 0 && $output == *"exit 5"* ]] || fail "$output" "$stderr"
	[ "$(grep -oE '[0-9a-f]{32}' <<<"$output" | sort -u | wc -l)" -eq 1 ] || fail "$output"
}

# ---- R29

# stays_inside ARGS... - refused, or in a directory of the target's
stays_inside() {
	hear j -t "$T" "$@" /bin/sh -c 'pwd -P; ls; echo ..; ls .. ../.. ../../..' \
		8</ 9<"$BATS_TEST_TMPDIR"
	clean_words
	if [ "$status" -eq 0 ]; then
		[ "${output:0:1}" = / ] || fail "$*: $output"
		! grep -qxE "usr|${BATS_TEST_TMPDIR##*/}|root-of-test" <<<"$output" || fail "$*: $output"
	else
		expect_status 125
		[ -z "$output" ]
	fi
}

@test "a directory that leads out of the target" {
	local way
	root_make "$root"
	: >"$BATS_TEST_TMPDIR/root-of-test"
	ln -s /proc/self/fd/8 "$root/opt/eight"
	ln -s /proc/self/fd/9 "$root/opt/nine"
	ln -s /proc/1/cwd "$root/opt/init"
	ln -s ../../../../.. "$root/opt/up"
	# Without a pid namespace of its own, so that /proc/self is there for who enters.
	target_start --ns=muin --mount-proc --pivot --root="$root"
	for way in /proc/self/fd/8 /proc/self/fd/9 /opt/eight /opt/nine /proc/1/cwd /opt/init /opt/up \
		/proc/self/cwd /proc/1/root /dev/fd/8; do
		stays_inside -m -W "$way"
		stays_inside -a -W "$way"
		stays_inside "-w$way"
	done
}

@test "a target whose directory is outside of its root" {
	root_make "$root"
	: >"$BATS_TEST_TMPDIR/root-of-test"
	cd "$BATS_TEST_TMPDIR"
	kept_start unshare -m python3 -c 'import os, sys
os.chroot(sys.argv[1])
print("target=%d\nready=1" % os.getpid(), flush=True)
sys.stdin.read()' "$root"
	T=${BOX[target]}
	# With -w of its own the target's directory is asked for, wherever it is, as with nsenter.
	stays_inside -m
	stays_inside
}

@test "a target whose directory was removed" {
	root_make "$root"
	mkdir "$root/tmp/gone"
	target_with_root --cwd=/tmp/gone
	rmdir "$root/tmp/gone"
	stays_inside
}

@test "a target whose directory has a path that is too long" {
	root_make "$root"
	kept_start unshare -m python3 -c 'import os, sys
os.chroot(sys.argv[1])
os.chdir("/tmp")
for i in range(20):
	os.mkdir("d" * 250)
	os.chdir("d" * 250)
print("target=%d\nready=1" % os.getpid(), flush=True)
sys.stdin.read()' "$root"
	T=${BOX[target]}
	hear -125 j -t "$T" /bin/true
	message_form
	expect_stderr '^hint: its path is too long; name another one: -w/$'
}

# ---- R43

# works_anyhow SETUP - a program runs, and it is in the target
works_anyhow() {
	target_start --ns=muinp --pivot --root="$root" --hostname=tgt --setup="$1"
	ok -t "$T" -a /bin/busybox hostname
	expect_output tgt
	ok -t "$T" -a -S 5 -G 6 /bin/fdlist uid
	[ "$(fact uid)" = "5 5 5 5" ]
	ok -t "$T" -a -S app /bin/fdlist uid
	[ "$(fact uid)" = "1234 1234 1234 1234" ]
	hear j -t "$T" -a <<<'echo fine'
	expect_output fine
	ok -t "$T" /bin/busybox hostname
	expect_output tgt
	kept_stop
}

@test "a target without /proc" {
	root_make "$root"
	works_anyhow :
	rmdir "$root/proc"
	works_anyhow :
}

@test "a target whose /proc is made up" {
	local fake=$BATS_TEST_TMPDIR/fake
	root_make "$root"
	works_anyhow "mount -t tmpfs none '$root/proc'"
	mkdir -p "$fake"/self/{attr,fd,ns} "$fake"/thread-self/attr "$fake"/{1,2}/attr
	touch "$fake"/{self,thread-self,1,2}/attr/{exec,current} "$fake"/self/{status,environ}
	ln -s /bin/evil "$fake/self/exe"
	ln -s self/fd "$fake/self/fd/0"
	works_anyhow "mount --bind '$fake' '$root/proc'"
	# Real files of another kind, in place of those that would be written to.
	works_anyhow "mount -t proc proc '$root/proc' && mount --bind /proc/self/sched '$root/proc/1/sched' &&
		mount --bind '$fake/self/fd' '$root/proc/sys'"
}

# ---- R45

@test "a shell and a host name that would steer a terminal" {
	root_make "$root"
	printf 'root:x:0:0:\e]0;y\a:/root:/bin/\e]0;x\azz\n' >"$root/etc/passwd"
	printf '#!/bin/\e[31mno\n' >"$root/bin/script"
	chmod 755 "$root/bin/script"
	target_with_root --hostname=$'h\e[2J\ax' --comm=$'c\e[1m'
	hear j -t "$T" -a <<<'echo fine'
	clean_words
	expect_output fine
	for words in "-v -a" "-vv -a -S app" "--dry-run -a" "--dry-run --json -a" "-a /bin/script" \
		"/bin/script" "-v" "--shell=/bin/script -a" "-a -W /bin/script"; do
		# shellcheck disable=SC2086 # words
		hear j -t "$T" $words </dev/null
		clean_words
		stderr=$output clean_words
	done
}

@test "what the target has put into PATH stands in no command that a hint names" {
	root_make "$root"
	mkdir "$root/x;id #"
	echo 'neither' >"$root/x;id #/top"
	chmod 755 "$root/x;id #/top"
	PATH="/x;id #:$PATH" target_with_root
	hear j -t "$T" top
	expect_status 126
	expect_stderr 'cannot execute|neither a program'
	! grep -q '^hint:.*;' <<<"$stderr" || fail "$stderr"
}
