#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: user userns timens strace jq busybox
# What --dry-run prints is what happens: generated sets of options are planned, run under strace, and
# each call that changes something has to be in the plan, in its place and with its arguments.
# shellcheck disable=SC2154
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"
# shellcheck source=plan-sets.bash
. "$BATS_TEST_DIRNAME/plan-sets.bash"

setup() {
	root_dir="" wd_dir=""
	PATH=$PATH:$NSJOIN_HELPERS
	open_dirs
	chmod 777 "$BATS_TEST_TMPDIR"
}

# in_own_cgroups - the last target in a cgroup of its own in every hierarchy that -c knows
in_own_cgroups() {
	local hierarchy
	hierarchies_of "$@"
	for hierarchy in "${hierarchies[@]}"; do
		cgroup_make "$hierarchy" "nsjoin-plan-$BATS_TEST_NUMBER-$$"
		echo "$T" >"$REPLY/cgroup.procs"
		cgroup_files+=" \"$REPLY/tasks\" \"$REPLY/cgroup.procs\""
	done
}

# namespaces LETTER... - some of them, in one of the ways they can be typed
namespaces() {
	local letter cluster=""
	for letter; do
		pick 2
		[ "$REPLY" -eq 0 ] || cluster+=$letter
	done
	pick 8
	if [ "$REPLY" -eq 0 ] || [ -z "$cluster" ]; then
		options+=(-a)
	else
		options+=("-$cluster")
	fi
}

directories() {
	one_in 6 "-r$1"
	one_in 5 "-w$2"
	one_in 8 -r
	one_in 8 -w
	one_in 8 -W /
}

# A program by path, by name, with the target's shell as default, with descriptors to be kept, with
# the caller's streams.
program() {
	pick 9
	case $REPLY in
	0) ;;
	1 | 2) options+=(-- fdlist uid) ;;
	3) options+=(--keep-fd=9 -- "$1" uid) ;;
	4) options+=("$1" uid /dev/fd/8) ;;
	6) options+=(--stdio=pass --pty=never "$1" uid) ;;
	5) options+=(-v "$1" uid) ;;
	*) options+=("$1" uid "a b" '') ;;
	esac
}

@test "root and a process in namespaces of its own" {
	local i
	root_dir=/ wd_dir=/usr
	target_start --ns=muinpCT --mount-proc
	in_own_cgroups pids freezer ""
	for ((i = 0; i < 15; i++)); do
		options=(-t "$T")
		namespaces m u i n p C T
		directories "$root_dir" "$wd_dir"
		one_in 4 -e
		one_in 3 -c
		one_in 6 -F
		one_in 5 -S nobody
		one_in 8 -S 0
		one_in 8 -S follow
		one_in 6 -G 12
		one_in 8 -G daemon
		one_in 8 --preserve-credentials
		program "$fdlist"
		check_set
	done
	sets_done
}

@test "root and a process in a user namespace" {
	local i
	root_dir=/ wd_dir=/usr
	target_start --before=u --ns=UminpCT --mount-proc --uid-map='0 0 65536' \
		--gid-map='0 0 65536' --uid=7 --gid=8 --groups=20,30
	for ((i = 0; i < 15; i++)); do
		options=(-t "$T")
		namespaces m u i n p C T
		one_in 2 -U
		directories "$root_dir" "$wd_dir"
		one_in 3 --keep-caps
		one_in 5 -S nobody
		one_in 5 -S follow
		one_in 5 -S 5
		one_in 5 -G follow
		one_in 5 -G 12
		one_in 6 -F
		one_in 6 --preserve-credentials
		program "$fdlist"
		check_set
	done
	sets_done
}

@test "root and a process in a root directory of its own" {
	local i
	root_dir=$BATS_TEST_TMPDIR/root wd_dir=/opt
	root_make "$root_dir"
	target_start --ns=muinp --root="$root_dir" --cwd=/opt
	for ((i = 0; i < 15; i++)); do
		options=(-t "$T")
		namespaces u i n p
		one_of -m -m -r "-r$root_dir" -mr
		one_in 4 -w
		one_in 5 -W /opt
		one_in 3 -S app
		one_in 4 -G staff
		one_in 4 -e
		one_in 6 -F
		program /bin/fdlist
		check_set
	done
	sets_done
}

@test "root and files that are namespaces" {
	local i mixed
	target_start --ns=UmuinpCT --mount-proc --uid-map='0 0 65536' --gid-map='0 0 65536'
	for ((i = 0; i < 15; i++)); do
		options=()
		mixed=0
		one_in 2 "-n/proc/$T/ns/net"
		one_in 2 "--uts=/proc/$T/ns/uts"
		one_in 2 "-p=/proc/$T/ns/pid"
		one_in 3 "-U/proc/$T/ns/user"
		one_in 3 "-m/proc/$T/ns/mnt"
		one_in 3 "-T/proc/$T/ns/time"
		[ ${#options[@]} -gt 0 ] || mixed=1
		pick 2
		[ "$REPLY" -eq 0 ] || mixed=1
		if [ $mixed -eq 1 ]; then
			options+=(-t "$T" -i)
			one_in 3 -C
			one_in 3 -U
			one_in 4 -r
		fi
		one_in 4 -S 0
		one_in 4 -G 0
		one_in 4 -F
		program "$fdlist"
		check_set
	done
	sets_done
}

@test "root, namespaces of a socket and of a parent" {
	local socket
	kept_start "$NSJOIN_HELPERS/sockns"
	T=${BOX[target]} socket=${BOX[fd]}
	for options in "-t $T -N $socket" "-t $T -N $socket -S 0 -G 0" "-t $T -uN $socket -F"; do
		read -ra options <<<"$options"
		options+=("$fdlist" ns)
		check_set
	done
	target_start --nest=1 --ns=Unu --uid-map='0 0 65536' --gid-map='0 0 65536'
	for options in "--user-parent" "--user-parent -n" "--user-parent -u --keep-caps -S 4 -G 4" \
		"--user-parent -n --preserve-credentials"; do
		read -ra options <<<"-t $T $options"
		options+=("$fdlist" ns)
		check_set
	done
	sets_done
}

@test "root becomes a process of the target" {
	local i
	root_make "$BATS_TEST_TMPDIR/root"
	root_make "$BATS_TEST_TMPDIR/root/opt"
	target_start --ns=muinpC --root="$BATS_TEST_TMPDIR/root" --cwd=/opt
	for ((i = 0; i < 15; i++)); do
		options=(-t "$T" --privileged)
		one_of "" "" -r/ -r/opt
		one_of "" "" -w/tmp -w/
		one_in 4 -S app
		one_in 4 -S follow
		one_in 5 --shell
		one_in 6 --shell=/bin/sh
		program /bin/fdlist
		check_set
	done
	sets_done
}

# becomes N - sets of options without one for a namespace
becomes() {
	local i
	root_dir="" wd_dir=""
	for ((i = 0; i < $1; i++)); do
		options=(-t "$T")
		one_of "" "" "" -F "--pty=never" "-nuip"
		one_of "" "" --as-target=-ids --as-target=-caps --as-target=-nnp,-rlimits \
			--as-target=ids,env --as-target=-cgroup,-oom --as-target=-seccomp
		one_in 5 -S 0
		one_in 5 -G 12
		one_in 8 --preserve-credentials
		program "$fdlist"
		check_set
	done
	sets_done
}

@test "root becomes what a process with filters and limits is" {
	target_start --ns=muinpC --mount-proc --filters=2 --limits --few-caps
	in_own_cgroups pids freezer ""
	becomes 12
}

@test "root becomes what an unprivileged process is" {
	target_start --ns=muinp --mount-proc --filters=1 --limits --nnp --uid=7 --gid=8 \
		--groups=20,30
	becomes 12
}

@test "root becomes what a process in a user namespace is" {
	target_start --ns=UmuinpC --mount-proc --filters=1 --limits --few-caps \
		--uid-map='0 0 65536' --gid-map='0 0 65536'
	becomes 12
}

@test "an ordinary user becomes a process of his own container" {
	as=(setpriv --reuid 1000 --regid 1000 --clear-groups --)
	target_rootless --limits
	becomes 12
}

@test "root and a program of the caller's own" {
	local i
	target_start --ns=muinpC --mount-proc
	for ((i = 0; i < 15; i++)); do
		options=(-t "$T" -X)
		namespaces m u i n p C
		one_in 3 -e
		one_in 4 -S 5 -G 6
		one_in 6 -F
		one_of -- -v
		options+=("$fdlist" uid)
		check_set
	done
	sets_done
}

@test "root and mounts of the program's own" {
	local i
	target_start --ns=muinpC --mount-proc --setup='echo 192.0.2.1 inside >/tmp/hosts.$$ &&
		mount --bind /tmp/hosts.$$ /etc/hosts && rm /tmp/hosts.$$'
	for ((i = 0; i < 15; i++)); do
		options=(-t "$T" -np)
		one_of -R -R=proc -R=sys -R=etc -Rproc,etc --remount=sys,proc
		one_in 2 -u
		one_in 4 -S 5 -G 6
		one_in 3 -X
		one_of -- -v
		options+=("$fdlist" uid)
		check_set
	done
	sets_done
}

@test "an ordinary user and mounts of the program's own" {
	local i
	as=(setpriv --reuid 1000 --regid 1000 --clear-groups --)
	target_rootless
	for ((i = 0; i < 10; i++)); do
		options=(-t "$T" -U)
		namespaces n p u
		one_of -R -R=etc
		options+=("$fdlist" uid)
		check_set
	done
	sets_done
}

@test "root and the target's tree in his own" {
	local i
	target_start --ns=muinpCT --mount-proc
	for ((i = 0; i < 10; i++)); do
		options=(-t "$T" -H --view=host)
		one_in 2 -n
		one_in 3 -p
		one_in 4 -S 5 -G 6
		one_in 4 -c
		one_of "" -R "" -R=sys,etc "" -R=proc
		options+=(/bin/true)
		check_set
	done
	sets_done
}

@test "root and the target's tree in his own, locked for the target's user namespace" {
	local i
	target_start --ns=UmuinpC --mount-proc --uid-map='0 0 65536' --gid-map='0 0 65536'
	for ((i = 0; i < 5; i++)); do
		options=(-t "$T" -H --view=host -U)
		one_in 2 -n
		one_in 2 -p
		one_of "" -R -R=sys,etc
		options+=(/bin/true)
		check_set
	done
	sets_done
}

@test "root and his programs in the target's files" {
	local i cgroup
	mkdir -p "$BATS_TEST_TMPDIR/bare"/{proc,etc,dev,tmp,usr/lib,lib64/ld-linux-x86-64.so.2}
	: >"$BATS_TEST_TMPDIR/bare/bin"
	target_start --ns=muinpC --mount-proc --pivot --root="$BATS_TEST_TMPDIR/bare"
	cgroup_make '' "nsjoin-plan-$BATS_TEST_NUMBER-$$"
	cgroup=$REPLY
	for ((i = 0; i < 10; i++)); do
		options=(-t "$T" -H)
		if [ "$i" -eq 5 ]; then
			echo "$T" >"$cgroup/cgroup.procs"
			"$NSJOIN_HELPERS/nodevices" "$cgroup"
		fi
		one_in 3 --privileged
		one_in 4 -w/tmp
		one_of "" --stdio=pass
		one_of /.nsjoin/host/bin/true /.nsjoin/host/bin/true "" # the shell, whose input has ended
		check_set
	done
	sets_done
}

@test "an ordinary user and a container of his own" {
	local i
	as=(setpriv --reuid 1000 --regid 1000 --clear-groups --)
	root_dir=/ wd_dir=/usr
	target_rootless
	for ((i = 0; i < 15; i++)); do
		options=(-t "$T")
		namespaces U m u i n p C
		[ "${options[2]}" = -a ] || one_in 2 -U
		directories "$root_dir" "$wd_dir"
		one_in 4 -e
		one_in 3 --keep-caps
		one_in 6 -S 0
		one_in 6 -S follow
		one_in 6 --preserve-credentials
		one_in 6 -F
		program "$fdlist"
		check_set
	done
	sets_done
}

@test "an ordinary user and files of his own" {
	local i
	as=(setpriv --reuid 1000 --regid 1000 --clear-groups --)
	target_rootless
	for ((i = 0; i < 15; i++)); do
		options=("-U/proc/$T/ns/user")
		one_in 2 "-n/proc/$T/ns/net"
		one_in 2 "-u/proc/$T/ns/uts"
		one_in 2 "-p/proc/$T/ns/pid"
		one_in 3 "-m/proc/$T/ns/mnt"
		one_in 3 -t "$T" -i
		program "$fdlist"
		check_set
	done
	sets_done
}

@test "root, with a terminal of the target's" {
	local i
	target_start --ns=muinpC --mount-proc \
		--setup='mount -t devpts -o newinstance,ptmxmode=0666 none /dev/pts'
	for ((i = 0; i < 10; i++)); do
		options=(-t "$T" -m)
		one_in 2 -p
		one_in 3 -n
		one_in 3 -w
		one_in 3 -S nobody
		options+=(--pty "$fdlist" uid)
		check_set
	done
	sets_done
}

# Of programs that are wrong on purpose (tests/CMakeLists.txt) the comparison must say so.
wrong() {
	local said noticed
	[ -x "$NSJOIN_HELPERS/mutant-$1" ] || fail "$1 was not built: its source has changed"
	cp "$NSJOIN_HELPERS/mutant-$1" "$BATS_TEST_TMPDIR/nsjoin"
	target_start --ns=muinpC --mount-proc
	root_dir=/
	NSJOIN=$BATS_TEST_TMPDIR/nsjoin
	options=(-t "$T" -a -S 0 -G 0 "$fdlist")
	# Not as a condition: that would have the shell go on after what fails inside.
	set +e
	said=$(set -e; check_set 2>&1)
	noticed=$?
	set -e
	[ "$noticed" -ne 0 ] || fail "not noticed" "$(calls_of "$T")"
	grep -qE -- "$2" <<<"$said" || fail "noticed for another reason:" "$said"
}

@test "a call too many is found" {
	wrong extra-call '> prctl\(PR_SET_NAME'
}

@test "calls in another order are found" {
	wrong other-order '> setgroups'
}

@test "a call that is left out is found" {
	wrong missing-call '< chroot'
}

@test "another argument is found" {
	wrong other-argument '> setresuid\(0, 0, -1\)'
}

@test "a call in the wrong process is found" {
	wrong wrong-process '> setpgid'
}

@test "a dry run that does something is found" {
	wrong busy-dry-run 'a dry run that does something'
}

@test "at least 200 sets were run" {
	local run
	run=$(awk '{ n += $1 } END { print n + 0 }' "$BATS_FILE_TMPDIR/sets")
	echo "# $run sets in all" >&3
	[ "$run" -ge 200 ]
}
