#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns strace
# A pid that is given to another process while nsjoin is at work: never a mixture of the two.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

# The init of a pid namespace in which the numbers can be chosen. $1: what strace is to delay; the
# others: nsjoin's options. Prints "first INODE", "second INODE", what the program printed, "status
# N".
setup_file() {
	cat >"$BATS_FILE_TMPDIR/init" <<-'END'
		held() {
			readlink "/proc/$1"/fd/* | grep -q pidfd
		}
		net_of() {
			until [ "$(readlink "/proc/$1/ns/net")" != "$own" ]; do sleep 0.01; done
			stat -L -c %i "/proc/$1/ns/net"
		}
		delay=$1
		shift
		own=$(readlink /proc/self/ns/net)
		unshare -n sleep 60 &
		target=$!
		echo "first $(net_of $target)"
		exec 9<"/proc/$target/ns/net" # its number is not given again
		strace -f -qq -o /dev/null -e inject="$delay:delay_enter=400000" "$NSJOIN" -t $target "$@" 9<&- &
		tracer=$!
		until tool=$(pgrep -P $tracer -x nsjoin) && held "$tool"; do
			kill -0 $tracer || break
			sleep 0.005
		done 2>/dev/null
		kill -KILL $target
		wait $target
		echo $((target - 1)) >/proc/sys/kernel/ns_last_pid
		unshare -n sleep 60 &
		[ $! -eq $target ] || echo "missed"
		echo "second $(net_of $!)"
		wait $tracer
		echo "status $?"
	END
}

# at_call CALL OPTIONS... - the number changes hands before that system call
at_call() {
	local call=$1 got status_seen
	shift
	# A process of nsjoin's own may get the number: then once more.
	for _ in 1 2 3 4 5; do
		run timeout 15 unshare -p -f --mount-proc --kill-child bash \
			"$BATS_FILE_TMPDIR/init" "$call" "$@" 3>&-
		[[ $output == *missed* ]] || break
	done
	[[ $output != *missed* && $status -ne 124 ]] || fail "the number was not given again" \
		"$output"
	got=$(fact 'ns net')
	status_seen=$(fact status)
	[ -n "$(fact second)" ] || fail "$output"
	[ "$got" != "$(fact second)" ] || fail \
		"$call: the program is in the other process's namespace" "$output"
	if [ -z "$got" ]; then
		[ "$status_seen" -eq 125 ] || fail "$call: status $status_seen" "$output"
	else
		[ "$got" = "$(fact first)" ] || fail "$call: neither of them" "$output"
		((early += 1))
	fi
}

@test "before joining" {
	local early=0
	at_call setns:when=1 -n "$fdlist" ns
	[ "$(fact status)" -eq 125 ]
	[ -z "$(fact 'ns net')" ]
	at_call setns:when=1 -a "$fdlist" ns
	[ "$(fact status)" -eq 125 ]
}

@test "while its files are opened" {
	local n early=0
	for n in 5 6 7 8 9 10 11 12; do
		at_call "openat:when=$n" -n -r -w -e "$fdlist" ns
	done
	# The first calls come before the process is held: it is entered then, before it ends.
	((early < 6)) || fail "only $((8 - early)) came between"
}

@test "the second process's root, directory and environment are not taken either" {
	local early=0
	at_call setns:when=1 -n -r -w -e -S follow -G follow "$fdlist" ns
	[ "$(fact status)" -eq 125 ]
	[ -z "$(fact 'ns net')" ]
}

# In that pid namespace: the oldest member of a cgroup, and $1 others with lower numbers.
oldest_of() {
	run timeout 20 unshare -p -f --mount-proc --kill-child bash -c '
		at() {
			echo "$(($1 - 1))" >/proc/sys/kernel/ns_last_pid
			bash -c "echo \$\$ >\"\$1\"; exec sleep 60" - "$2/cgroup.procs" &
			until [ "$(</proc/$!/comm)" = sleep ]; do sleep 0.01; done
			sleep 0.02 # the clock of processes is that coarse
		}
		at 500 "$2"
		echo "oldest $!"
		for ((i = 0; i < $1; i++)); do at "$((400 + 2 * i))" "$2"; done
		head -n 1 "$2/cgroup.procs"
		"$NSJOIN" -t "$3" --dry-run --json -n true
	' - "$1" "$REPLY" "$2" 3>&-
	[[ $output == *"oldest 500"*$'\n'400$'\n'* ]] || fail "the numbers were not given" "$output"
	[[ $output == *'"pid":500'[,\}]* ]] || fail "not the oldest" "$output"
}

@test "a container in our pid namespace, whose later processes have lower numbers" {
	local id
	requires cgroup1
	id=$(printf 'ab%062d' $$)
	cgroup_make name=systemd "docker-$id.scope"
	oldest_of 4 "$id"
	oldest_of 20 "$id"
}
