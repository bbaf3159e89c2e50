#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns python3 script
# The streams of an isolated program: pipes of nsjoin's own, and nothing of the caller's lost.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016,SC2094
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

setup() {
	target_full
	cd "$BATS_TEST_TMPDIR" || return
	inside=(-q -t "$T" -a -W "$BATS_TEST_TMPDIR")
}

# redirected REDIRECTION ARGS... - as j, with a redirection that bats's own would hide
redirected() {
	local how=$1
	shift
	timeout -k 5 20 bash -c "exec \"\$@\" $how" - "$NSJOIN" "$@" 3>&-
}

# ---- which stream is what

# What the program of the matrix says of one stream: terminal or pipe, never a file of the caller's.
seen_as() {
	case $1 in
	terminal) echo terminal ;;
	*) echo pipe ;;
	esac
}

@test "each of the three streams is a terminal, a pipe or a file" {
	local in out err
	cat >program <<-'END'
		exec 3>seen
		for i in 0 1 2; do
			if [ -t "$i" ]; then
				[ "$(stat -Lc %d:%i "/proc/$$/fd/$i")" != "$HOST_TTY" ] &&
					echo terminal >&3
			elif [ -p "/proc/$$/fd/$i" ]; then
				echo pipe >&3
			fi
		done
		read -r line
		echo "in $line" >>seen
		echo "to out"
		echo "to err" >&2
	END
	cat >run <<-'END'
		in=$1 out=$2 err=$3
		HOST_TTY=$(stat -Lc %d:%i "$(tty)")
		export HOST_TTY
		exec 9<>/dev/tty
		case $in in pipe) exec < <(printf 'typed\nrest\n') ;; file) exec <list ;; esac
		mkfifo out.fifo err.fifo
		case $out in pipe) cat <out.fifo >out & exec >out.fifo ;; file) exec >out ;; esac
		case $err in pipe) cat <err.fifo >err & exec 2>err.fifo ;; file) exec 2>err ;; esac
		"$NSJOIN" -q -t "$T" -a -W "$PWD" sh program
		code=$?
		exec >&9 2>&1
		wait
		echo "status $code"
		[ "$in" = terminal ] || { IFS= read -r rest && echo "left: $rest"; }
	END
	printf 'typed\nrest\n' >list
	export T
	for in in terminal pipe file; do
		for out in terminal pipe file; do
			for err in terminal pipe file; do
				rm -f out err out.fifo err.fifo seen
				hear timeout 20 "$ptyrun" send='typed\n' \
					expect='status 0' -- bash run "$in" "$out" "$err" 3>&-
				matrix_cell "$in" "$out" "$err" ||
					fail "in $in, out $out, err $err:" "$output" "$stderr" \
						"$(<seen)"
			done
		done
	done
}

matrix_cell() {
	local in=$1 out=$2 err=$3 where
	[ "$status" -eq 0 ] || return 1
	[ "$(<seen)" = "$(seen_as "$in"; seen_as "$out"; seen_as "$err"; echo "in typed")" ] ||
		return 1
	for where in out err; do
		if [ "${!where}" = terminal ]; then
			grep -q "to $where" <<<"$output" || return 1
		else
			[ "$(<"$where")" = "to $where" ] || return 1
		fi
	done
	# Nobody else has read what the program did not.
	[ "$in" = terminal ] || grep -q 'left: rest' <<<"$output"
}

@test "without a terminal anywhere there is none inside" {
	hear setsid -w timeout 20 "$NSJOIN" "${inside[@]}" sh -c \
		'tty; echo x >/dev/tty' </dev/null 3>&-
	[[ $output == *"not a tty"* ]]
	[[ $stderr == *"/dev/tty"* ]]
	[ "$status" -ne 0 ]
}

@test "closed streams are closed inside, or empty" {
	run redirected '<&-' "${inside[@]}" sh -c 'read -r x; echo "read $?"'
	expect_output "read 1"
	redirected '>&- 2>/dev/null' "${inside[@]}" sh -c 'echo x || echo "failed $?" >record'
	[ "$(<record)" = "failed 1" ]
	redirected '2>&-' "${inside[@]}" sh -c 'echo x >&2 || echo "failed $?" >record2'
	[ "$(<record2)" = "failed 1" ]
}

@test "a directory as standard input is refused" {
	hear -125 redirected '</' "${inside[@]}" true
	message_form
	expect_stderr 'standard input: Is a directory'
}

# ---- nothing of the caller's is in reach

@test "a file of the caller's cannot be opened again through a stream" {
	echo untouched >in
	echo before >out
	run j "${inside[@]}" sh -c 'echo X >/proc/self/fd/0; cat /proc/self/fd/0 >/dev/null' <in
	[ "$(<in)" = untouched ]
	j "${inside[@]}" sh -c \
		'dd if=/proc/self/fd/1 of=record bs=1 count=6 iflag=nonblock; : >/proc/self/fd/1; echo after' \
		>>out 2>/dev/null || :
	run ! grep -q before record
	[ "$(<out)" = "$(printf 'before\nafter')" ]
}

@test "the caller's null device is not the program's" {
	local node=$BATS_TEST_TMPDIR/null mode
	mknod -m 666 "$node" c 1 3
	run j "${inside[@]}" sh -c 'chmod 600 /proc/self/fd/0 /proc/self/fd/1; cat' <"$node" 3>&-
	j "${inside[@]}" sh -c 'chmod 600 /proc/self/fd/1' >"$node"
	mode=$(stat -c %a "$node")
	rm "$node"
	[ "$mode" = 666 ]
}

# ---- reading

@test "a loop's list is not eaten" {
	local how
	printf 'one\ntwo\nthree\n' >list
	while read -r x; do j "${inside[@]}" echo "$x"; done <list >got
	[ "$(<got)" = "$(<list)" ]
	# shellcheck disable=SC2002
	cat list | while read -r x; do j "${inside[@]}" echo "$x"; done >got
	[ "$(<got)" = "$(<list)" ]
	while read -r x; do j "${inside[@]}" echo "$x"; done >got <<-END
		$(<list)
	END
	[ "$(<got)" = "$(<list)" ]
}

@test "what the program has not read is there for the next" {
	printf 'one\ntwo\nthree\n' >list
	{ j "${inside[@]}" sh -c 'read -r x; echo "first $x"'; cat; } <list >got
	[ "$(<got)" = "$(printf 'first one\ntwo\nthree')" ]
	printf 'one\ntwo\nthree\n' | { j "${inside[@]}" sh -c 'read -r x; echo "first $x"'; cat; } >got
	[ "$(<got)" = "$(printf 'first one\ntwo\nthree')" ]
}

@test "what the program has not read of a socket is there for the next" {
	run timeout 20 python3 - "$NSJOIN" "$T" 3>&- <<-'END'
		import socket, subprocess, sys
		a, b = socket.socketpair()
		a.sendall(b"one\ntwo\nthree\n")
		p = subprocess.run([sys.argv[1], "-q", "-t", sys.argv[2], "-a", "sh", "-c",
		    "read -r x; echo first $x"], stdin=b, stdout=subprocess.PIPE)
		print(p.stdout, p.returncode, b.recv(100, socket.MSG_DONTWAIT))
	END
	expect_output "b'first one\\n' 0 b'two\\nthree\\n'"
}

@test "much input arrives as it was, from a file, a pipe and a socket" {
	local sum
	head -c 3000000 /dev/urandom >big
	sum=$(md5sum <big)
	[ "$(j "${inside[@]}" md5sum <big)" = "$sum" ]
	# shellcheck disable=SC2002
	[ "$(cat big | j "${inside[@]}" md5sum)" = "$sum" ]
	run timeout 20 python3 - "$NSJOIN" "$T" 3>&- <<-'END'
		import socket, subprocess, sys
		a, b = socket.socketpair()
		p = subprocess.Popen([sys.argv[1], "-q", "-t", sys.argv[2], "-a", "md5sum"], stdin=b,
		    stdout=subprocess.PIPE)
		b.close()
		a.sendall(open("big", "rb").read())
		a.shutdown(socket.SHUT_WR)
		print(p.communicate()[0].decode(), end="")
	END
	expect_output "$sum"
}

# ---- writing

@test "standard output and error that share a file keep their order" {
	local i
	j "${inside[@]}" sh -c 'for i in $(seq 200); do echo "out $i"; echo "err $i" >&2; done' \
		>log 2>&1
	for ((i = 1; i <= 200; i++)); do printf 'out %d\nerr %d\n' "$i" "$i"; done >wanted
	cmp log wanted
	# Both end up in one pipe, too.
	j "${inside[@]}" sh -c 'for i in $(seq 200); do echo "out $i"; echo "err $i" >&2; done' 2>&1 |
		cmp - wanted
}

@test "/dev/stderr and /dev/stdout can be opened by a program that is not root" {
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_TEST_TMPDIR"
	hear j "${inside[@]}" -S 1234 -G 1235 sh -c \
		'echo out >/dev/stdout; echo err >/dev/stderr'
	expect_status 0
	expect_output out
	[[ $stderr == *err* ]]
}

@test "a reader that has gone ends the program" {
	run timeout 20 bash -c '"$@" | head -n 1; echo "${PIPESTATUS[0]}"' - "$NSJOIN" \
		"${inside[@]}" yes 3>&-
	expect_output "$(printf 'y\n141')"
}

@test "a reader that has gone ends a program that would write nothing more" {
	run timeout 20 bash -c '"$@" | true; echo "${PIPESTATUS[0]}"' - "$NSJOIN" \
		"${inside[@]}" sh -c 'trap "exit 7" PIPE; while echo x; do read -r -t 1 <>wait; done' 3>&-
	[[ ${lines[-1]} == 7 || ${lines[-1]} == 141 ]]
}

@test "who closes a stream closes it for the caller's reader and writer as well" {
	# Each side goes on only when the other has seen the end: else both wait for the time limit.
	mkfifo go
	timeout 20 bash -c '"$@" | { cat >/dev/null; echo >go; }' - "$NSJOIN" "${inside[@]}" sh -c \
		'exec >&-; read -r _ <go' 3>&-
	timeout 20 bash -c '{ trap "" PIPE; yes 2>/dev/null; echo >go; } | "$@"' - "$NSJOIN" \
		"${inside[@]}" sh -c 'read -r _; exec <&-; read -r _ <go' 3>&-
}

@test "output that cannot be written is no success" {
	hear -125 redirected '>/dev/full' "${inside[@]}" echo lost
	message_form
	expect_stderr 'write standard output: No space left on device'
}

@test "what carries the output is killed: that is said" {
	local nsjoin carrier status=0
	mkfifo go
	"$NSJOIN" "${inside[@]}" sh -c 'echo runs; read -r line <go' </dev/null >said 2>words 3>&- &
	nsjoin=$!
	wait_line said runs
	carrier=$(pgrep -P "$nsjoin" | grep -vxF "$(leader_of "$nsjoin")")
	kill -KILL "$carrier"
	echo >go
	wait "$nsjoin" || status=$?
	[ "$status" -eq 125 ] || fail "status $status" "$(<words)"
	grep -qx "nsjoin: the process that carried the program's streams was killed" words ||
		fail "$(<words)"
}

@test "what the program leaves behind does not keep nsjoin" {
	[ "$(j "${inside[@]}" sh -c 'sleep 30 & echo hi; echo $! >left')" = hi ]
	# It is there still.
	j "${inside[@]}" sh -c 'kill $(cat left)'
}

@test "the last words are written, however slow the reader is" {
	local i
	head -c 300000 /dev/urandom >big
	# The program has ended long before the second half is read.
	j "${inside[@]}" sh -c 'cat big; : >ended' | {
		head -c 150000 >got
		for ((i = 0; i < 500; i++)); do [ ! -e ended ] || break; sleep 0.01; done
		cat >>got
	}
	[ -e ended ]
	cmp big got
}

@test "back-pressure: a program does not run ahead of its reader" {
	j "${inside[@]}" sh -c 'head -c 5000000 /dev/zero; echo done >record' | {
		head -c 1 >/dev/null
		for _ in 1 2 3 4 5; do [ ! -e record ] || exit 1; sleep 0.05; done
		cat >/dev/null
	}
	[ "$(<record)" = "done" ]
}

# ---- the choice

@test "--pty=always: a terminal over pipes" {
	hear j "${inside[@]}" --pty=always sh -c 'tty >&2; echo out' </dev/null 3>&-
	expect_status 0
	[[ $output == *"/dev/pts/"*"out"* ]]
	run timeout 20 bash -c 'echo typed | "$@"' - "$NSJOIN" "${inside[@]}" --pty=always cat 3>&-
	[[ $output == *typed*typed* ]]
}

@test "--pty=never: no terminal, though the caller has one" {
	run timeout 20 "$ptyrun" send='typed\n' expect='got typed' -- "$NSJOIN" "${inside[@]}" \
		--pty=never sh -c 'tty; read -r x; echo "got $x"' 3>&-
	[[ $output == *"not a tty"* && $output == *"exit 0"* ]]
}

@test "--stdio=pass: the caller's own" {
	echo in >in
	j "${inside[@]}" --stdio=pass sh -c 'readlink /proc/self/fd/0 >record' <in
	[ "$(<record)" = "$BATS_TEST_TMPDIR/in" ]
}
