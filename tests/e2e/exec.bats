#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns busybox
# The program: found or not, executable or not, and which shell where none is given.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

target_with_root() {
	root_make "$BATS_TEST_TMPDIR/root"
	target_start --ns=muinp --mount-proc --pivot --root="$BATS_TEST_TMPDIR/root" "$@"
}

@test "a program that does not exist" {
	target_full
	fails_with 127 program-not-found '"?/nonexistent"?' -t "$T" -m /nonexistent
	fails_with 127 program-not-found 'no-such-program' -t "$T" -n no-such-program
	fails_with 127 program-not-found 'no-such-program' -t "$T" -m -p no-such-program --with args
	fails_with 127 program-not-found '/nonexistent/at/all' -t "$T" -n /nonexistent/at/all
	fails_with 125 usage empty -t "$T" -n ''
}

@test "what was searched is said" {
	target_full
	PATH=/only/here:$PATH fails_with 127 program-not-found '/only/here' -t "$T" -n \
		no-such-program
}

@test "a file that is no program" {
	target_full
	fails_with 126 cannot-execute '/etc/passwd' -t "$T" -m /etc/passwd
	fails_with 126 cannot-execute '/tmp.*directory' -t "$T" -m /tmp
	fails_with 126 cannot-execute '/etc/passwd' -t "$T" -n -p /etc/passwd
}

@test "a program on a file system without execution" {
	target_full --setup='mount -t tmpfs -o noexec none /mnt && cp /bin/true /mnt/true'
	fails_with 126 cannot-execute '/mnt/true' -t "$T" -m /mnt/true
}

@test "a text file without #! is no program" {
	target_full
	echo 'echo ran' >"$BATS_TEST_TMPDIR/text"
	chmod 755 "$BATS_TEST_TMPDIR/text"
	fails_with 126 cannot-execute "$BATS_TEST_TMPDIR/text" -t "$T" -m "$BATS_TEST_TMPDIR/text"
}

@test "a script whose interpreter is missing" {
	target_full
	printf '#!/no/interpreter -x\n' >"$BATS_TEST_TMPDIR/lonely"
	chmod 755 "$BATS_TEST_TMPDIR/lonely"
	fails_with 127 interp-missing '/no/interpreter' -t "$T" -m "$BATS_TEST_TMPDIR/lonely"
	fails_with 127 interp-missing '/no/interpreter' -t "$T" -n "$BATS_TEST_TMPDIR/lonely"
	PATH=$BATS_TEST_TMPDIR:$PATH fails_with 127 interp-missing '/no/interpreter' -t "$T" -n \
		lonely
}

@test "a program whose loader is missing" {
	target_with_root
	cp /bin/true "$BATS_TEST_TMPDIR/root/bin/dynamic"
	fails_with 127 interp-missing '/bin/dynamic.*ld-linux|ld-linux.*' -t "$T" -m /bin/dynamic
	fails_with 127 interp-missing 'ld-linux' -t "$T" -m dynamic
}

@test "the messages come in the same way when the program runs in another process" {
	target_full
	fails_with 127 program-not-found /nonexistent -t "$T" -m -p /nonexistent
	fails_with 126 cannot-execute /tmp -t "$T" -p /tmp
}

@test "without the target's files: the caller's shell" {
	target_start --ns=n
	ln -s "$(command -v busybox)" "$BATS_TEST_TMPDIR/sh"
	SHELL=$BATS_TEST_TMPDIR/sh hear j -t "$T" -n <<<'echo "$0 $SHELL"'
	expect_status 0
	expect_output "-sh $BATS_TEST_TMPDIR/sh"
	hear env -u SHELL "$NSJOIN" -t "$T" -n <<<'echo fine'
	expect_output fine
}

@test "without them, SHELL being of no use: a shell of the caller's all the same, in his files" {
	local shell
	target_full
	for shell in '' bash ./sh /nonexistent /etc /etc/passwd; do
		SHELL=$shell hear j -t "$T" -n <<<'readlink /proc/self/ns/mnt'
		expect_status 0
		expect_output "mnt:[$(ns_of mnt)]"
		[ -z "$stderr" ] || fail "SHELL=$shell:" "$stderr"
	done
}

@test "a shell that is named and not there is missed where it was looked for" {
	target_full
	fails_with 127 no-shell '"/no/shell" in your files' -t "$T" -n --shell=/no/shell
	fails_with 127 no-shell "\"/no/shell\" in $T" -t "$T" -m --shell=/no/shell
}

@test "with them: the shell of the target's passwd" {
	target_with_root
	mkdir "$BATS_TEST_TMPDIR/root/opt/own"
	ln -s /bin/busybox "$BATS_TEST_TMPDIR/root/opt/own/ash"
	sed -i 's|^root:.*|root:x:0:0:root:/root:/opt/own/ash|' "$BATS_TEST_TMPDIR/root/etc/passwd"
	SHELL=/bin/bash hear j -t "$T" -m <<<'echo "$0"'
	expect_status 0
	expect_output "-ash"
}

@test "the shell is that of the uid that will run" {
	target_with_root
	ln -s busybox "$BATS_TEST_TMPDIR/root/bin/hush"
	sed -i 's|^app:.*|app:x:1234:1235::/:/bin/hush|' "$BATS_TEST_TMPDIR/root/etc/passwd"
	hear j -t "$T" -m -S app <<<'echo "$0"'
	expect_status 0
	[[ $output == -hush* || $output == -sh* ]]
	! grep -q 'root:' <<<"$stderr" || fail "$output" "$stderr"
}

@test "SHELL=/bin/bash in a tree that has none" {
	target_with_root
	rm "$BATS_TEST_TMPDIR/root/etc/passwd"
	SHELL=/bin/bash hear j -t "$T" -m <<<'echo fine'
	expect_status 0
	expect_output fine
}

@test "nologin and false are no shells; neither is what cannot start" {
	local shell
	target_with_root
	printf '#!/no/interpreter\n' >"$BATS_TEST_TMPDIR/root/bin/script"
	cp /bin/true "$BATS_TEST_TMPDIR/root/bin/bash"
	: >"$BATS_TEST_TMPDIR/root/bin/empty"
	printf '\177ELF' >"$BATS_TEST_TMPDIR/root/bin/half"
	chmod 755 "$BATS_TEST_TMPDIR"/root/bin/{script,empty,half}
	for shell in /usr/sbin/nologin /bin/false /sbin/nologin /bin/script /bin/bash /bin /none \
		/bin/empty /bin/half '' relative; do
		sed -i "s|^root:.*|root:x:0:0:root:/root:$shell|" \
			"$BATS_TEST_TMPDIR/root/etc/passwd"
		hear j -t "$T" -m <<<'echo fine'
		expect_status 0
		expect_output fine
	done
}

@test "a tree with busybox alone has a shell" {
	target_with_root
	rm -r "$BATS_TEST_TMPDIR/root/etc" "$BATS_TEST_TMPDIR"/root/bin/[!b]*
	hear j -t "$T" -m <<<'echo fine'
	expect_status 0
	expect_output fine
}

@test "an empty file is no shell, nor is the start of a program" {
	local broken root=$BATS_TEST_TMPDIR/root
	target_with_root
	ln "$root/bin/busybox" "$root/bin/ash"
	for broken in '' '\177ELF'; do
		rm "$root/bin/sh"
		printf "$broken" >"$root/bin/sh"
		chmod 755 "$root/bin/sh"
		hear j -t "$T" <<<'echo "$0"'
		expect_status 0
		expect_output -ash
	done
	fails_with 126 cannot-execute /bin/sh -t "$T" /bin/sh
	fails_with 126 cannot-execute /bin/sh -t "$T" --shell=/bin/sh
}

@test "a tree without any shell" {
	mkdir -p "$BATS_TEST_TMPDIR/empty/"{proc,bin}
	cp "$NSJOIN_HELPERS/noop" "$BATS_TEST_TMPDIR/empty/bin/noop"
	target_start --ns=muinp --mount-proc --pivot --root="$BATS_TEST_TMPDIR/empty"
	fails_with 127 no-shell 'no shell "/bin/sh"' -t "$T" -m --shell=/bin/sh
	fails_with 127 no-shell 'looked for: --shell$' -t "$T" -m --shell=/bin/sh
	fails_with 127 no-shell "hint: nsjoin -t $T -H " -t "$T" -m -F
}

@test "--shell chooses" {
	target_with_root
	mkdir "$BATS_TEST_TMPDIR/root/opt/own"
	ln -s /bin/busybox "$BATS_TEST_TMPDIR/root/opt/own/hush"
	hear j -t "$T" -m --shell=/bin/ash <<<'echo "$0"'
	[ "$status" -eq 127 ]
	ln -s busybox "$BATS_TEST_TMPDIR/root/bin/ash"
	hear j -t "$T" -m --shell=/bin/ash <<<'echo "$0"'
	expect_status 0
	expect_output "-ash"
}

@test "no library that the target's nsswitch names is loaded to find the shell" {
	local after=$BATS_TEST_TMPDIR/after
	requires strace
	target_with_root
	printf 'passwd: evil files\n' >"$BATS_TEST_TMPDIR/root/etc/nsswitch.conf"
	env -u SHELL strace -qq -ff -o "$BATS_TEST_TMPDIR/trace" -e trace=setns,open,openat,openat2,connect,execve \
		timeout 20 "$NSJOIN" -t "$T" -m </dev/null 3>&-
	# Up to the shell, which reads what it likes.
	sed -s -n '/setns(/,/^execve/p' "$BATS_TEST_TMPDIR"/trace.* >"$after"
	grep -qE 'open.*"passwd"|etc/passwd' "$after" || fail "the shell was not looked for:" "$(<"$after")"
	! grep -E 'nsswitch|libnss|nscd|gconv|locale|ld\.so\.cache' "$after" || fail "opened after joining"
}

@test "a program is found by the PATH, a name with a slash is not searched for" {
	target_full
	ok -t "$T" -n true
	cd /bin
	ok -t "$T" -n ./true
	fails_with 127 program-not-found '\./no-such' -t "$T" -n ./no-such
}

@test "argv[0] is the name that was typed" {
	target_full
	PATH=$NSJOIN_HELPERS:$PATH ok -t "$T" -m fdlist arg
	expect_output "arg 0 fdlist"$'\n'"arg 1 arg"
}

@test "arguments arrive as they were given" {
	target_full
	ok -t "$T" -m "$fdlist" arg '' 'a b' $'c\nd' '*' -- -x
	[ "$(fact 'arg 3')" = "a b" ]
	[ "$(fact 'arg 5')" = '*' ]
	[ "$(fact 'arg 6')" = -- ]
}
