#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: user userns timens nsenter busybox
# nsjoin beside the installed nsenter: hundreds of option sets must give the same process. Each
# intended difference has a case of its own below, as the man page's COMPATIBILITY lists them.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

# What is compared. Descriptors and pids differ on purpose and by nature.
facts="hostname uid gid groups capinh capprm capeff capbnd capamb nnp seccomp ns cwd cwdino rootino umask"
facts+=" sigblk sigign env nofile arg"

# seen PROGRAM ARGS... - what a program that is entered with finds, and the status
seen() {
	timeout -k 5 20 env -i PATH=/usr/bin:/bin HOME=/root SHELL=/bin/sh ODD=$'a\nb' "$@" \
		2>/dev/null 3>&-
	echo "status $?"
}

# same ARGS... - both see the same; counted
same() {
	local theirs ours
	theirs=$(seen nsenter "$@")
	ours=$(seen "$NSJOIN" "$@")
	((compared += 1))
	[ "$theirs" = "$ours" ] && return
	((different += 1))
	echo "differs: $*" >&2
	diff <(echo "$theirs") <(echo "$ours") >&2 || :
}

# same_sets TARGET -- LIST... - every namespace set of the list with all ids and directories. That of -W
# is attached: nsenter of util-linux 2.41 takes a word by itself for the program.
same_sets() {
	local set ids dir target=$1
	shift
	for set; do
		for ids in "" "-S 5 -G 6" "-G 6"; do
			for dir in "" -w -w/usr -W/usr "-r -w" "-r -W/usr"; do
				# shellcheck disable=SC2086
				same -t "$target" $set $ids $dir "$fdlist" $facts
			done
		done
	done
}

counted() {
	echo "compared $compared option sets" >&3
	[ "$compared" -ge "$1" ] || fail "only $compared were compared"
	[ "$different" -eq 0 ] || fail "$different of $compared differ"
}

setup() {
	compared=0 different=0
	cd /usr/share || return
}

@test "a target with all but a user namespace" {
	target_start --ns=muinpCT --mount-proc --hostname=tgt --cwd=/usr/lib
	same_sets "$T" -m -u -i -n -p -C -T "-m -p" "-n -u" "-m -u -i -n -p" "-p -F" -a
	counted 200
}

@test "a target with a user namespace" {
	target_start --ns=UmuinpCT --mount-proc --hostname=tgt --cwd=/usr/lib \
		--uid-map='0 100000 65536' \
		--gid-map='0 100000 65536'
	same_sets "$T" -U "-U -m" "-U -n" "-U -p -m" -a "-m -n" "-U --preserve-credentials" \
		"-U -u --preserve-credentials"
	counted 100
}

@test "the owner of a target with a user namespace" {
	local set dir
	target_start --as=1000 --ns=UmuinpC --mount-proc --hostname=tgt --uid-map='0 1000 1' \
		--gid-map='0 1000 1' --deny-setgroups
	seen() {
		timeout -k 5 20 env -i PATH=/usr/bin:/bin setpriv --reuid 1000 --regid 1000 \
			--clear-groups \
			"$@" 2>/dev/null 3>&-
		echo "status $?"
	}
	for set in -U "-U -m" "-U -n" "-U -p" "-U -m -u -i -n -p" "-U -m -u -i -n -p -C"; do
		for dir in "" -w -w/usr -W/usr; do
			# shellcheck disable=SC2086
			same -t "$T" --preserve-credentials $set $dir "$fdlist" $facts
		done
	done
	counted 24
}

@test "namespaces by file" {
	local type
	target_start --ns=muinpCT --mount-proc --hostname=tgt
	for type in mount:mnt uts:uts ipc:ipc net:net pid:pid cgroup:cgroup time:time; do
		# shellcheck disable=SC2086
		same "--${type%:*}=/proc/$T/ns/${type#*:}" "$fdlist" $facts
		# shellcheck disable=SC2086
		same "--${type%:*}=/proc/$T/ns/${type#*:}" -S 5 -G 6 "$fdlist" $facts
	done
	# shellcheck disable=SC2086
	same -t "$T" -a "--net=/proc/self/ns/net" "$fdlist" $facts
	counted 15
}

@test "supplementary groups" {
	local set
	target_start --ns=UmuinpC --uid-map='0 0 65536' --gid-map='0 0 65536'
	seen() {
		timeout -k 5 20 env -i PATH=/usr/bin:/bin setpriv --groups 4,27 -- "$@" \
			2>/dev/null 3>&-
		echo "status $?"
	}
	for set in -n -U "-U --preserve-credentials" "-n -G 7" "-U -G 7" "-n -S 5 -G 7" -a; do
		# shellcheck disable=SC2086
		same -t "$T" $set "$fdlist" $facts
	done
	counted 7
}

@test "how it ends" {
	local set command
	target_start --ns=muinp --mount-proc
	for set in -n -m -p "-m -p" -a; do
		for command in 'exit 0' 'exit 1' 'exit 42' 'exit 125' 'exit 126' 'exit 127' \
			'exit 255' \
			'kill -TERM $$' 'kill -KILL $$' 'kill -HUP $$' 'kill -USR1 $$' \
			'kill -INT $$'; do
			# shellcheck disable=SC2086
			same -t "$T" $set sh -c "$command"
		done
		for command in /nonexistent no-such-program /etc/passwd /tmp ./none; do
			# shellcheck disable=SC2086
			same -t "$T" $set $command
		done
	done
	counted 85
}

@test "standard input and output" {
	local set
	seen() {
		timeout -k 5 20 "$@" 2>/dev/null 3>&- <<<input
		echo "status $?"
	}
	target_start --ns=muinp --mount-proc
	for set in -n -m -a; do
		same -t "$T" $set sh -c 'cat; echo out; echo err >&2'
	done
	counted 3
}

@test "spellings" {
	local words
	target_start --ns=muinp --mount-proc
	for words in "-n -t$T" "--net --target=$T" "--net --target $T" "--tar $T --moun" "-t $T -n --" \
		"-n -m -t $T" "-m/proc/$T/ns/mnt" "--mount=/proc/$T/ns/mnt" "-n/proc/$T/ns/net --"; do
		# shellcheck disable=SC2086
		same $words "$fdlist" $facts
	done
	counted 9
}

# ---- intended differences, one each

@test "difference: nsjoin's own failures are 125, not 1" {
	run nsenter -t 999999 -n true
	expect_status 1
	run j -t 999999 -n true
	expect_status 125
}

@test "difference: letters after a namespace option are options" {
	target_start --ns=muinp --mount-proc
	run nsenter -nt "$T" true
	expect_status 1
	ok -nt "$T" "$fdlist"
	joined net
}

@test "difference: a target is needed, and given once" {
	target_start --ns=n
	refused no-target 'no target'
	refused no-target 'no target' -w/
	refused no-target 'no target' -S 0 -G 0
	refused usage 'only once' -t 1 -t "$T" -n
	ok "-n/proc/$T/ns/net" "$fdlist"
	joined net
}

@test "difference: descriptors above 2 do not reach a program when the target's files do" {
	target_start --ns=m
	[ "$(nsenter -t "$T" -m "$fdlist" fd 9</etc/passwd | grep -c ' /etc/passwd')" -eq 1 ]
	ok -t "$T" -m "$fdlist" fd 9</etc/passwd
	[[ $output == 'fd 0 '* && $output != */etc/passwd* ]] || fail "$output"
}

@test "difference: standard streams are carried, not handed over" {
	local file=$BATS_TEST_TMPDIR/file
	target_start --ns=m
	for tool in nsenter "$NSJOIN" "$NSJOIN --stdio=pass"; do
		echo mine >"$file"
		# shellcheck disable=SC2086
		$tool -t "$T" -m sh -c 'echo theirs >/proc/self/fd/0' <"$file" 2>/dev/null || :
		[ "$tool" = "$NSJOIN" ] || [ "$(<"$file")" = theirs ]
		[ "$tool" != "$NSJOIN" ] || [ "$(<"$file")" = mine ]
	done
}

@test "difference: with the target's files the session is one of its own" {
	local ours
	target_start --ns=m
	ours=$(sh -c 'read -r _ _ _ _ _ sid _ </proc/self/stat; echo $sid')
	run nsenter -t "$T" -m sh -c 'read -r _ _ _ _ _ sid _ </proc/self/stat; echo $sid'
	[ "$output" -eq "$ours" ]
	run j -t "$T" -m sh -c 'read -r _ _ _ _ _ sid _ </proc/self/stat; echo $sid'
	[ "$output" -ne "$ours" ]
	run sh -c 'trap "" HUP USR1; "$@"' sh nsenter -t "$T" -m "$fdlist" sigign
	[[ $output == *HUP*USR1* ]]
	run sh -c 'trap "" HUP USR1; "$@"' sh "$NSJOIN" -t "$T" -m "$fdlist" sigign
	[[ $output == *HUP* && $output != *USR1* ]]
}

@test "difference: -F gives streams and session as they are, as nsenter does" {
	local ours
	target_start --ns=m
	ours=$(sh -c 'read -r _ _ _ _ _ sid _ </proc/self/stat; echo $sid')
	run j -t "$T" -m -F sh -c 'read -r _ _ _ _ _ sid _ </proc/self/stat; echo $sid'
	[ "$output" -eq "$ours" ]
	[ "$(j -t "$T" -m -F readlink /proc/self/fd/0 </etc/passwd)" = /etc/passwd ]
}

@test "difference: with the target's files -W is opened by who the program is" {
	mkdir -m 700 "$BATS_TEST_TMPDIR/closed"
	target_start --ns=m
	run nsenter -t "$T" -m -S 1000 -G 1000 -W"$BATS_TEST_TMPDIR/closed" /bin/true
	expect_status 0
	run j -t "$T" -m -S 1000 -G 1000 -W "$BATS_TEST_TMPDIR/closed" /bin/true
	expect_status 125
}

@test "difference: -r without -w leaves no directory outside of the root" {
	root_make "$BATS_TEST_TMPDIR/root"
	target_start --ns=n
	[ "$(nsenter -t "$T" -n -r"$BATS_TEST_TMPDIR/root" /bin/fdlist cwd)" != "cwd /" ]
	[ "$(j -t "$T" -n -r"$BATS_TEST_TMPDIR/root" /bin/fdlist cwd)" = "cwd /" ]
}

@test "difference: joining the mounts of a chrooted process means its root" {
	root_make "$BATS_TEST_TMPDIR/root"
	target_start --ns=m --root="$BATS_TEST_TMPDIR/root"
	[ "$(nsenter -t "$T" -m /bin/true; nsenter -t "$T" -m "$fdlist" rootino)" = "rootino $(stat -c %d:%i /)" ]
	[ "$(j -t "$T" -m /bin/fdlist rootino)" = "rootino $(stat -c %d:%i "$BATS_TEST_TMPDIR/root")" ]
}

@test "difference: what is the same is not joined again, the directory stays" {
	target_start --ns=n
	[ "$(nsenter -t "$T" -a pwd)" = / ]
	[ "$(j -t "$T" -a pwd)" = /usr/share ]
}

@test "difference: the user namespace that is ours already is no error" {
	target_start --ns=n
	run nsenter -t "$T" -U -n true
	expect_status 1
	ok -t "$T" -U -n true
}

@test "difference: the owner of a rootless container can use -a" {
	target_rootless
	run as_user nsenter -t "$T" -a --preserve-credentials true
	expect_status 1
	user_ok -t "$T" -a true
}

@test "difference: setgroups that is denied is no error" {
	target_rootless
	run as_user nsenter -t "$T" -U -m true
	expect_status 1
	user_ok -t "$T" -U -m true
}

@test "difference: -S alone takes the user's group and leaves root's" {
	target_start --ns=n
	[ "$(setpriv --groups 4,27 nsenter -t "$T" -n -S 1 "$fdlist" gid)" = "gid 0 0 0 0" ]
	[ "$(setpriv --groups 4,27 "$NSJOIN" -t "$T" -n -S 1 "$fdlist" gid)" = "gid 1 1 1 1" ]
	[ "$(setpriv --groups 4,27 "$NSJOIN" -t "$T" -n -S 1 "$fdlist" groups)" = groups ]
}

@test "difference: ids are not cut to 32 bits" {
	target_start --ns=n
	[ "$(nsenter -t "$T" -n -S 4294967296 -G 0 id -u)" = 0 ]
	run j -t "$T" -n -S 4294967296 -G 0 id -u
	expect_status 125
}

@test "difference: a shell that exists" {
	root_make "$BATS_TEST_TMPDIR/root"
	target_start --ns=m --pivot --root="$BATS_TEST_TMPDIR/root"
	SHELL=/bin/bash run nsenter -t "$T" -m <<<'echo fine'
	expect_status 127
	SHELL=/bin/bash hear j -t "$T" -m <<<'echo fine'
	expect_output fine
}

@test "difference: a text file without #! is not given to a shell" {
	target_start --ns=n
	echo 'echo ran' >"$BATS_TEST_TMPDIR/text"
	chmod 755 "$BATS_TEST_TMPDIR/text"
	[ "$(nsenter -t "$T" -n "$BATS_TEST_TMPDIR/text")" = ran ]
	hear j -t "$T" -n "$BATS_TEST_TMPDIR/text"
	expect_status 126
	expect_output ""
}

@test "difference: without a namespace option the program becomes a process of the target" {
	target_start --ns=n --uid=7 --gid=8
	run nsenter -t "$T" -S 5 -G 6 stat -L -c %i /proc/self/ns/net
	# Refused by nsenter of util-linux 2.41.
	[ "$output" = 'nsenter: no namespace specified' ] || expect_output "$(ns_of net)"
	run j -t "$T" -S 5 -G 6 stat -L -c %i /proc/self/ns/net
	expect_output "${BOX[net]}"
	run j -t "$T" id -u
	expect_output 7
}

@test "difference: a program does not outlive nsjoin" {
	local pid child
	target_start --ns=p
	for tool in nsenter "$NSJOIN"; do
		"$tool" -t "$T" -p sleep 60 3>&- &
		pid=$!
		until child=$(pgrep -P $pid -x sleep); do sleep 0.01; done
		kill -TERM $pid
		wait $pid || :
		if [ "$tool" = nsenter ]; then
			kill -0 "$child"
			kill -KILL "$child"
		fi
		gone "$child"
	done
}

@test "difference: the status is kept when the caller ignores the signal" {
	target_start --ns=p
	printf '%s\n' 'import os, signal' 'signal.signal(15, signal.SIG_DFL)' 'os.kill(os.getpid(), 15)' \
		>"$BATS_TEST_TMPDIR/die.py"
	requires python3
	run sh -c 'trap "" TERM; nsenter "$@"' sh -t "$T" -p python3 "$BATS_TEST_TMPDIR/die.py"
	expect_status 1
	run sh -c 'trap "" TERM; "$0" "$@"' "$NSJOIN" -t "$T" -p python3 "$BATS_TEST_TMPDIR/die.py"
	expect_status 143
}

@test "difference: = is stripped from -r=, empty values are errors" {
	target_start --ns=n
	run nsenter -t "$T" -n -r=/usr true
	expect_status 1
	ok -t "$T" -n -r=/ true
	refused usage '' -t "$T" -n -W ''
	refused usage '' -t "$T" -n -S ''
}

@test "difference: -S and -G take names" {
	target_start --ns=n
	run nsenter -t "$T" -n -S daemon -G daemon true
	expect_status 1
	ok -t "$T" -n -S daemon -G daemon "$fdlist" uid gid
	expect_output "uid 1 1 1 1"$'\n'"gid 1 1 1 1"
}

@test "difference: the standard directories are searched after the caller's PATH" {
	root_make "$BATS_TEST_TMPDIR/root"
	target_start --ns=m --pivot --root="$BATS_TEST_TMPDIR/root"
	PATH=/nowhere run /usr/bin/env PATH=/nowhere /usr/bin/nsenter -t "$T" -m ls /
	expect_status 127
	run /usr/bin/env PATH=/nowhere "$NSJOIN" -t "$T" -m ls /
	expect_status 0
}

@test "difference: where 0 does not exist the target's own ids are taken, with a note" {
	target_start --as=1000 --ns=Un --uid-map='1000 1000 1' --gid-map='1000 1000 1' --deny-setgroups
	run nsenter -t "$T" -U -n true
	expect_status 1
	ok -t "$T" -U -n "$fdlist"
	expect_stderr 'nsjoin: note: .*1000'
	[ "$(fact uid)" = "1000 1000 1000 1000" ]
	[ "$(fact gid)" = "1000 1000 1000 1000" ]
}

@test "difference: -Z is always accepted" {
	target_start --ns=n
	ok -t "$T" -n -Z true
}

@test "difference: ^C reaches the program once, and nsjoin waits for it" {
	target_start --ns=p
	run timeout 40 "$ptyrun" expect=ready send='^C' expect='got INT' send='\x1c' expect='got QUIT' \
		-- "$NSJOIN" -t "$T" -p "$sigprog" --exit=3 3>&-
	expect_status 0
	[[ $output == *"exit 3"* ]]
}

@test "each difference of the man page has a case" {
	local man items
	man=$BATS_TEST_DIRNAME/../../man/nsjoin.1
	items=$(sed -n '/^\.Sh COMPATIBILITY/,/^\.Sh SECURITY/s/^\.It //p' "$man" | sed 's/^Fl /-/; s/^\\&//')
	diff <(sort <<<"$items") <(sort <<-'END'
		Failures of its own
		Clusters
		Targets
		Values
		Descriptors
		Standard streams
		The session
		-F
		-W
		Identical namespaces
		The root directory
		Groups
		Names
		Cgroups
		The environment
		Scripts without #!\&
		No namespace option
		PATH
		The shell
		Signals
		setgroups
		uid and gid 0
		-Z
		--keep-caps
	END
	) || fail "the list of differences has changed: give each a case here, in cgroup, env or user"
}
