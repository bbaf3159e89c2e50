#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns python3 vi less tmux su
# A person at a terminal: keys reach the program, jobs can be stopped and continued.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

tty_run() {
	hear timeout 40 "$ptyrun" "$@" 3>&-
	[ "$status" -eq 0 ] || fail "$stderr" "$output"
}

@test "^C reaches the program once, and nsjoin waits for it" {
	target_start --ns=p
	tty_run expect='ready' send='^C' expect='got INT' send='^C' expect='got INT' send='\x1c' \
		expect='got QUIT' -- "$NSJOIN" -t "$T" -p "$sigprog" --exit=3
	[ "$(grep -o 'got INT' <<<"$output" | wc -l)" -eq 2 ]
	[[ $output == *"exit 3"* ]]
}

@test "^C in a read-eval-print loop leaves the loop running" {
	target_full
	tty_run expect='>>> ' send='1+41\n' expect='42' expect='>>> ' insist='^C:KeyboardInterrupt' \
		expect='>>> ' send='2+50\n' expect='52' send='exit(7)\n' \
		-- "$NSJOIN" -t "$T" -p -n env PYTHON_BASIC_REPL=1 python3 -i -q
	[[ $output == *"exit 7"* ]]
}

@test "^C ends a program that does not handle it, and nsjoin by the same signal" {
	target_start --ns=p
	tty_run expect=ready send='^C' -- "$NSJOIN" -t "$T" -p sh -c 'echo ready; exec sleep 60'
	[[ $output == *"signal INT"* ]]
}

@test "^Z, fg: stopped and continued once" {
	target_start --ns=p
	tty_run expect='$ ' send="'$NSJOIN' -t $T -p cat\n" send='one\n' expect='one' expect='one' \
		send='^Z' expect='Stopped' expect='$ ' send='jobs | wc -l\n' expect='1' \
		expect='$ ' \
		send='fg\n' expect='cat' send='two\n' expect='two' expect='two' \
		send='^C' expect='$ ' send='echo st=$?\n' expect='st=130' send='exit 5\n' \
		-- env PS1='$ ' bash --norc --noediting -i
	[ "$(grep -c 'Stopped' <<<"$output")" -eq 1 ]
	[[ $output == *"exit 5"* ]]
}

@test "in the background it stops when it reads the terminal" {
	target_start --ns=p
	tty_run expect='$ ' send="'$NSJOIN' -t $T -p cat &\n" expect='$ ' \
		send='until jobs | grep Stop; do :; done\n' expect='Stopped' \
		expect='$ ' send='fg\n' expect='cat' send='hello\n' expect='hello' expect='hello' \
		send='^D' expect='$ ' send='exit 5\n' -- env PS1='$ ' bash --norc --noediting -i
	[[ $output == *"exit 5"* ]]
}

@test "the window's size, and that it changed" {
	target_start --ns=p
	tty_run resize=30x100 expect=ready send='\n' expect='30 100' resize=41x133 \
		expect='got WINCH' \
		send='\n' expect='41 133' -- "$NSJOIN" -t "$T" -p bash -c \
		'trap "echo got WINCH" WINCH; echo ready; read -r; stty size; until read -r -t 0.1; do :; done; stty size'
}

@test "the terminal is as it was afterwards" {
	target_start --ns=p
	tty_run expect='$ ' send='stty -a | md5sum\n' expect='-' expect='$ ' \
		send="'$NSJOIN' -t $T -p true; '$NSJOIN' -t $T -p sh -c 'kill -9 \$\$'\n" \
		expect='$ ' \
		send='stty -a | md5sum\n' expect='-' expect='$ ' send='exit\n' \
		-- env PS1='$ ' bash --norc --noediting -i
	[ "$(grep -oE '[0-9a-f]{32}' <<<"$output" | sort -u | wc -l)" -eq 1 ]
}

@test "a terminal that hangs up ends the program" {
	target_start --ns=p
	tty_run expect=ready hangup -- "$NSJOIN" -t "$T" -p sh -c 'echo ready; exec sleep 60'
	[[ $output == *"signal HUP"* ]]
	no_orphans
}

# ---- isolated: a terminal of the program's own

# The program has the files of the target, and a note about its privileges is not the subject here.
isolated() {
	target_full
	inside="'$NSJOIN' -q -t $T -a -W '$BATS_TEST_TMPDIR'"
	enter=("$NSJOIN" -q -t "$T" -a -W "$BATS_TEST_TMPDIR")
}

# shell_run STEPS... - a person at an interactive shell
shell_run() {
	tty_run "$@" -- env PS1='$ ' TERM=xterm bash --norc --noediting -i
}

@test "isolated: the terminal has a name, a size and the caller's settings" {
	isolated
	tty_run resize=30x100 send='\n' expect='30 100' expect='erase = #' -- sh -c \
		'stty erase "#"; exec "$@"' - "${enter[@]}" sh -c 'read -r _; tty; stty size; stty -a'
	[[ $output == */dev/pts/* && $output != *"not a tty"* && $output == *"exit 0"* ]]
}

@test "isolated: ^C and ^\\ reach the program once, and nsjoin waits for it" {
	isolated
	tty_run expect='ready' send='^C' expect='got INT' send='^C' expect='got INT' send='\x1c' \
		expect='got QUIT' -- "${enter[@]}" "$sigprog" --exit=3
	[ "$(grep -o 'got INT' <<<"$output" | wc -l)" -eq 2 ]
	[[ $output == *"exit 3"* ]]
}

@test "isolated: ^C ends a program that does not handle it, and nsjoin by the same signal" {
	isolated
	tty_run expect=ready send='^C' -- "${enter[@]}" sh -c 'echo ready; exec sleep 60'
	[[ $output == *"signal INT"* ]]
}

@test "isolated: ^Z, fg: stopped and continued once" {
	isolated
	shell_run expect='$ ' send="$inside cat\n" send='one\n' expect='one' expect='one' \
		send='^Z' expect='Stopped' expect='$ ' send='jobs | wc -l\n' expect='1' expect='$ ' \
		send='fg\n' expect='cat' send='two\n' expect='two' expect='two' \
		send='^C' expect='$ ' send='echo st=$?\n' expect='st=130' send='exit 5\n'
	[ "$(grep -c 'Stopped' <<<"$output")" -eq 1 ]
	[[ $output == *"exit 5"* ]]
}

@test "isolated: ^Z in a shell inside stops its job, not nsjoin" {
	isolated
	# bash names the job before it has the terminal: what it answers tells that it has.
	tty_run expect='in ' send='cat\n' send='one\n' expect='one' expect='one' send='^Z' \
		expect='Stopped' expect='in ' send='fg\n' expect='cat' send='two\n' expect='two' \
		expect='two' send='^C' expect='in ' send='exit 6\n' -- "${enter[@]}" env PS1='in ' bash \
		--norc --noediting -i
	[[ $output == *"exit 6"* ]]
}

@test "isolated: a SIGCONT for nsjoin leaves the foreground inside to whom it was given" {
	isolated
	hear timeout 20 python3 - "${enter[@]}" env PS1='in ' bash --norc \
		--noediting -i 3>&- <<-'END'
		import fcntl, os, re, signal, subprocess, sys, termios
		master, slave = os.openpty()
		def lead():
		    os.setsid()
		    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
		p = subprocess.Popen(sys.argv[1:], stdin=slave, stdout=slave, stderr=slave,
		    preexec_fn=lead)
		out = b""
		def talk(text, answer):
		    global out
		    os.write(master, text)
		    while not re.search(answer, out, re.S):
		        out += os.read(master, 1000)
		    out = b""
		talk(b"", b"in ")
		talk(b"cat\none\n", b"one\r\none\r\n")
		p.send_signal(signal.SIGCONT)
		talk(b"two\n", b"two\r\ntwo\r\n")
		talk(b"three\n", b"three\r\nthree\r\n")
		os.write(master, b"\x04exit 6\n")
		print(p.wait(10))
	END
	[ "$output" = 6 ] || fail "$output" "$stderr"
}

@test "isolated: in the background it stops when it reads the terminal" {
	isolated
	shell_run expect='$ ' send="$inside cat &\n" expect='$ ' \
		send='until jobs | grep Stop; do :; done\n' expect='Stopped' \
		expect='$ ' send='fg\n' expect='cat' send='hello\n' expect='hello' expect='hello' \
		send='^D' expect='$ ' send='exit 5\n'
	[[ $output == *"exit 5"* ]]
}

# As the read of busybox's shell does, which is the one of most containers. What is typed while
# nobody waits for it stays where it is.
@test "isolated: a program that polls before it reads gets its keys, with output that is no terminal" {
	local ask='import os, select; select.select([0], [], []); os.write(1, b"got " + os.read(0, 9))'
	isolated
	shell_run expect='$ ' send="$inside python3 -c '$ask' | cat\n" send='key\n' expect='got key' \
		expect='$ ' send="$inside sh -c 'python3 -c \"\$0\"; exit' '$ask' >'$BATS_TEST_TMPDIR/out'; cat '$BATS_TEST_TMPDIR/out'\n" \
		send='two\n' expect='got two' expect='$ ' \
		send="echo piped | $inside python3 -c 'import os; os.dup2(os.open(\"/dev/tty\", 0), 0); $ask'\n" \
		send='tri\n' expect='got tri' expect='$ ' \
		send="'$NSJOIN' -q -t $T -H python3 -c '$ask' | cat\n" send='quad\n' \
		expect='got quad' expect='$ ' \
		send="$inside sleep 1 | cat\n" send='echo ahead=\$((1+1))\n' expect='ahead=2' \
		send='exit 5\n'
	[[ $output == *"exit 5"* ]]
}

# The shell that edits its line has the terminal in a mode of its own while nsjoin starts.
@test "isolated: started behind a shell that edits its line, it has a terminal with lines after fg" {
	isolated
	tty_run expect='$ ' send="(sleep 0.5; exec $inside cat) &\r" expect='$ ' expect='Stopped' \
		send='fg\r' expect='cat' send='hello\r' expect='hello' expect='hello' \
		send='^D' expect='$ ' send='exit 5\r' \
		-- env PS1='$ ' TERM=dumb bash --norc --noprofile -i -b
	[[ $output == *"exit 5"* ]]
}

@test "isolated: in the background it writes, and does not touch the terminal" {
	isolated
	shell_run expect='$ ' send="$inside sh -c 'echo out-\$((40+2)); exit 4' & wait \$!; echo st=\$?\n" \
		expect=out-42 expect=st=4 send='stty -a | md5sum; exit 5\n'
	[[ $output == *"exit 5"* ]]
}

@test "isolated: a bg after ^Z goes on without the terminal, until it reads" {
	isolated
	shell_run expect='$ ' send="$inside cat\n" send='one\n' expect='one' expect='one' \
		send='^Z' expect='Stopped' expect='$ ' send='bg\n' \
		send='until jobs | grep Stop; do :; done\n' expect='Stopped' expect='$ ' \
		send='fg\n' expect='cat' send='two\n' expect='two' expect='two' send='^D' \
		expect='$ ' send='exit 5\n'
	[[ $output == *"exit 5"* ]]
}

@test "isolated: the window's size at the start and when it changes" {
	isolated
	tty_run resize=30x100 expect=ready send='\n' expect='30 100' resize=41x133 \
		expect='got WINCH' send='\n' expect='41 133' -- "${enter[@]}" bash -c \
		'trap "echo got WINCH" WINCH; echo ready; read -r; stty size; until read -r -t 0.1; do :; done; stty size'
}

@test "isolated: the terminal is as it was, whatever the program has done" {
	local line
	isolated
	shell_run expect='$ ' send='stty -a | md5sum\n' expect='-' expect='$ ' \
		send="$inside true; $inside sh -c 'kill -9 \$\$'; $inside stty raw -echo; $inside /nonexistent\n" \
		expect='$ ' send='stty -a | md5sum\n' expect='-' expect='$ ' send='exit\n'
	[ "$(grep -oE '[0-9a-f]{32}' <<<"$output" | sort -u | wc -l)" -eq 1 ]
}

@test "isolated: the terminal is as it was when nsjoin is killed" {
	isolated
	for sig in TERM HUP INT QUIT SEGV ABRT BUS ALRM; do
		hear timeout 20 python3 - "$sig" "${enter[@]}" sh -c \
			'echo ready; exec sleep 60' 3>&- <<-'END'
			import fcntl, os, signal, subprocess, sys, termios
			master, slave = os.openpty()
			before = termios.tcgetattr(slave)
			def lead():
			    os.setsid()
			    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
			p = subprocess.Popen(sys.argv[2:], stdin=slave, stdout=slave, stderr=slave,
			    preexec_fn=lead)
			out = b""
			while b"ready" not in out:
			    out += os.read(master, 1000)
			raw = not termios.tcgetattr(slave)[3] & termios.ICANON
			p.send_signal(getattr(signal, "SIG" + sys.argv[1]))
			p.wait(10)
			print(raw, termios.tcgetattr(slave) == before, signal.Signals(-p.returncode).name)
		END
		[ "$output" = "True True SIG$sig" ] || fail "$sig: $output" "$stderr"
		no_orphans
	done
}

@test "isolated: a terminal that hangs up ends the program" {
	isolated
	tty_run expect=ready hangup -- "${enter[@]}" sh -c 'echo ready; exec sleep 60'
	[[ $output == *"signal HUP"* ]]
	no_orphans
}

@test "isolated: a terminal that hangs up is told to a program that cleans up first" {
	isolated
	tty_run expect=ready hangup -- "${enter[@]}" sh -c \
		"trap 'echo bye >$BATS_TEST_TMPDIR/bye; exit 9' HUP; echo ready; while :; do sleep 0.1; done"
	[[ $output == *"exit 9"* ]]
	[ "$(<"$BATS_TEST_TMPDIR/bye")" = bye ]
}

@test "isolated: what is typed ahead is not lost" {
	isolated
	tty_run send='ahead\n' send='more\n' expect='got ahead more' -- "${enter[@]}" sh -c \
		'sleep 0.2; read -r x; read -r y; echo "got $x $y"'
}

@test "isolated: what is typed after the program's end is for whoever reads next" {
	local job='echo $$ >pid; exec "$@"'
	isolated
	cd "$BATS_TEST_TMPDIR"
	# Stopped meanwhile, nsjoin sees the end and the keys at once.
	tty_run expect=ready run='read -r p <pid && kill -STOP $p && : >go &&
			until ps -o stat= --ppid $p | grep -q Z; do :; done' \
		send='later\n' run='kill -CONT $(cat pid)' expect='got later' \
		-- sh -c 'sh -c "$@"; read -r x; echo "got $x"' - "$job" - "${enter[@]}" \
		sh -c 'echo ready; until [ -e go ]; do sleep 0.1; done'
}

@test "isolated: what the program has not read is not typed for whoever reads next" {
	local next='echo next; read -r x; echo "got $x"' way want
	isolated
	cd "$BATS_TEST_TMPDIR"
	for way in '' '</dev/null'; do
		# Only what had to be carried is gone.
		want='got later'
		[ -z "$way" ] || want='got early'
		tty_run expect=ready send='early\n' expect=early run=': >go' expect=next \
			send='later\n' expect="$want" -- sh -c "\"\$@\" $way; $next" - "${enter[@]}" \
			sh -c 'echo ready; until [ -e go ]; do sleep 0.1; done'
		rm go
	done
}

@test "isolated: a mebibyte to a slow terminal, byte by byte" {
	isolated
	head -c 524288 /dev/urandom | od -An -v -tx1 | tr -d ' \n' >"$BATS_TEST_TMPDIR/hex"
	timeout 40 "$ptyrun" pause=500 -- "${enter[@]}" cat "$BATS_TEST_TMPDIR/hex" \
		>"$BATS_TEST_TMPDIR/got" 3>&-
	[ "$(stat -c %s "$BATS_TEST_TMPDIR/hex")" -eq 1048576 ]
	head -c 1048576 "$BATS_TEST_TMPDIR/got" | cmp - "$BATS_TEST_TMPDIR/hex"
	[[ $(tail -n 1 "$BATS_TEST_TMPDIR/got") == "exit 0" ]]
}

@test "isolated: others that hold the terminal do not keep nsjoin" {
	isolated
	tty_run expect='hi' -- "${enter[@]}" sh -c 'trap "" HUP; sleep 30 & echo $! >left; echo hi'
	[[ $output == *"exit 0"* ]]
	# It is there still.
	"${enter[@]}" sh -c 'kill $(cat left)'
}

# ---- isolated: programs

@test "isolated: vi" {
	isolated
	tty_run expect='~' send='ihello\x1b:wq\r' -- "${enter[@]}" env TERM=xterm vi -u NONE -N \
		"$BATS_TEST_TMPDIR/text"
	[ "$(<"$BATS_TEST_TMPDIR/text")" = hello ]
}

@test "isolated: less, with its file, a pipe into it, and a pipe out of nsjoin" {
	isolated
	seq 1000 >"$BATS_TEST_TMPDIR/n"
	cd "$BATS_TEST_TMPDIR" || return
	shell_run expect='$ ' send="$inside env TERM=xterm less n; echo st=\$?\n" expect=20 send=G \
		expect=1000 send=q expect=st=0 \
		send="cat n | $inside env TERM=xterm less; echo st=\$?\n" expect=20 send=G \
		expect=1000 send=q expect=st=0 \
		send="$inside cat n | less; echo st=\$?\n" expect=20 send=G expect=1000 send=q \
		expect=st=0 send='exit 5\n'
	[[ $output == *"exit 5"* ]]
}

@test "isolated: tmux" {
	isolated
	tty_run expect='#' send='echo in-$((40+2))\r' expect='in-42' send='exit\r' expect='exited' \
		-- "${enter[@]}" env TERM=xterm PS1='# ' tmux -S "$BATS_TEST_TMPDIR/socket" \
		-f /dev/null new-session sh
	[[ $output == *"exit 0"* ]]
}

@test "isolated: su and python3 see a terminal" {
	isolated
	tty_run expect='# ' send='tty; echo uid=$(id -u)\n' expect='/dev/pts' expect='uid=0' \
		send='exit 4\n' -- "${enter[@]}" env PS1='# ' su --preserve-environment --shell /bin/sh
	[[ $output == *"exit 4"* ]]
	tty_run expect='>>> ' send='import os; os.ttyname(0)\n' expect='/dev/pts' expect='>>> ' \
		insist='^C:KeyboardInterrupt' expect='>>> ' send='exit(7)\n' \
		-- "${enter[@]}" env PYTHON_BASIC_REPL=1 python3 -i -q
	[[ $output == *"exit 7"* ]]
}

@test "isolated: keys for a program whose output goes elsewhere, on demand only" {
	isolated
	shell_run expect='$ ' send="$inside sh -c 'read -r x; echo \"got-\$x\"' | cat\n" \
		send='one\n' expect='got-one' expect='$ ' \
		send="echo p | $inside sh -c 'cat; read -r x </dev/tty; echo \"got-\$x\"'\n" \
		expect='p' send='two\n' expect='got-two' expect='$ ' \
		send="$inside true | sleep 0.3\n" send='echo sh\$((1))ell\n' expect='sh1ell' \
		send='exit 5\n'
	[[ $output == *"exit 5"* ]]
}

@test "isolated: --pty=never has keys for a program that waits for them" {
	isolated
	cat >"$BATS_TEST_TMPDIR/waits.py" <<-'END'
		import select
		print("readable" if select.select([0], [], [], 9)[0] else "nothing", input())
	END
	shell_run expect='$ ' send="$inside --pty=never python3 waits.py | cat\n" \
		send='one\n' expect='readable one' expect='$ ' send='exit 5\n'
	[[ $output == *"exit 5"* ]]
}

@test "isolated: two in one pipeline leave the terminal as it was" {
	local dir=$BATS_TEST_TMPDIR
	isolated
	# One has the terminal, the other takes it over, the first ends and then the second.
	cat >"$dir/first" <<-'END'
		exec 3<&0
		cat <&3 &
		until [ -e first-ends ]; do sleep 0.05; done
		kill $!
	END
	cat >"$dir/second" <<-'END'
		until [ -e second-reads ]; do sleep 0.05; done
		read -r x </dev/tty
		echo "got-$x"
	END
	shell_run expect='$ ' send="cd '$dir'; tty >name; stty -a >before\n" expect='$ ' \
		send="{ $inside bash first; : >first-ended; } | $inside bash second\n" \
		run="until stty -aF \"\$(cat '$dir/name')\" | grep -q -- -icanon; do sleep 0.02; done" \
		run=": >'$dir/second-reads'" \
		run="until stty -aF \"\$(cat '$dir/name')\" | grep -q -- -opost; do sleep 0.02; done" \
		run=": >'$dir/first-ends'; until [ -e '$dir/first-ended' ]; do sleep 0.02; done" \
		send='x\n' expect='got-x' expect='$ ' send='stty -a >after\n' expect='$ ' \
		send='exit 5\n'
	[[ $output == *"exit 5"* ]]
	diff "$dir/before" "$dir/after"
}

@test "isolated: raw settings are put back, save those of a nsjoin that was killed" {
	isolated
	hear timeout 20 python3 - "${enter[@]}" 3>&- <<-'END'
		import fcntl, os, subprocess, sys, termios, tty
		master, slave = os.openpty()
		sane = termios.tcgetattr(slave)
		def lead():
		    os.setsid()
		    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
		def start(*program):
		    return subprocess.Popen(sys.argv[1:] + list(program), stdin=slave, stdout=slave,
		        stderr=slave, preexec_fn=lead)
		def lines():
		    return bool(termios.tcgetattr(slave)[3] & termios.ICANON)
		tty.setraw(slave)
		raw = termios.tcgetattr(slave)
		start("true").wait(10)
		print(termios.tcgetattr(slave) == raw)
		termios.tcsetattr(slave, termios.TCSANOW, sane)
		p = start("sh", "-c", "echo ready; exec sleep 60")
		out = b""
		while b"ready" not in out:
		    out += os.read(master, 1000)
		p.kill()
		p.wait(10)
		print(lines())
		start("true").wait(10)
		print(lines(), termios.tcgetattr(slave) == sane)
	END
	expect_output $'True\nFalse\nTrue True'
}

# ---- isolated: nothing can be typed for the caller

@test "isolated: no stream of the program can type for the caller's shell" {
	local how pushed=$BATS_TEST_TMPDIR/pushed
	isolated
	for how in --fd=0 --fd=1 --fd=2 --tty '--later=200 --fd=2'; do
		shell_run expect='$ ' \
			send="$inside '$NSJOIN_HELPERS/sti' $how ': >$pushed\\n'; echo st=\$?\n" \
			expect='st=' send='\n' expect='$ ' send='sleep 0.4\n' expect='$ ' \
			send='exit 5\n'
		[[ $output == *"exit 5"* ]]
		[ ! -e "$pushed" ] || fail "$how typed for the caller"
	done
	# Without nsjoin it can: the test is worth something.
	shell_run expect='$ ' send="'$NSJOIN_HELPERS/sti' --fd=0 ': >$pushed\\n'\n" expect='$ ' \
		send='\n' expect='$ ' send='exit 5\n'
	[ -e "$pushed" ] || [ "$(</proc/sys/dev/tty/legacy_tiocsti)" = 0 ]
}

@test "isolated: with all streams redirected there is no terminal to be opened" {
	isolated
	shell_run expect='$ ' send="$inside '$NSJOIN_HELPERS/sti' --tty 'x' </dev/null >'$BATS_TEST_TMPDIR/said' 2>&1; echo st=\$?\n" \
		expect='st=1' send='exit 5\n'
	[ "$(<"$BATS_TEST_TMPDIR/said")" = ENXIO ]
}

@test "isolated: a terminal on standard error alone is not the caller's" {
	isolated
	shell_run expect='$ ' send='echo here=\$(stat -Lc %t:%T /dev/stdin)\n' expect='here=' expect='$ ' \
		send="$inside sh -c 'stat -Lc there=%t:%T /dev/fd/2 >&2' </dev/null >/dev/null\n" \
		expect='there=' expect='$ ' send='exit 5\n'
	here=$(grep -oE '^here=[0-9a-f]+:[0-9a-f]+' <<<"$output" | cut -d= -f2)
	there=$(grep -oE '^there=[0-9a-f]+:[0-9a-f]+' <<<"$output" | cut -d= -f2)
	[ -n "$here" ] && [ -n "$there" ] && [ "$here" != "$there" ]
}
