#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns docker
# Who enters cannot be looked into from inside, as long as it is not the program yet.
#
#   R13  who enters cannot be looked into
#   R14  where the target may look, it sees nothing of the host's, with the target's own privileges
#        and is confined as the target is before anybody can seize it, and leads to nobody of the
#        host's
#   R15  the same in a user namespace
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"
# shellcheck source=engine.bash
. "$BATS_TEST_DIRNAME/engine.bash"

watcher=$NSJOIN_HELPERS/watcher

setup_file() {
	engine_start || return
	export P=x$$x
	container_start "$P-plain"
	container_start "$P-ptrace" --cap-add SYS_PTRACE
	container_start "$P-ptrace-nnp" --cap-add SYS_PTRACE --security-opt no-new-privileges
	container_start "$P-shared"
	container_start "$P-beside" --cap-add SYS_PTRACE --pid "container:$P-shared"
	container_start "$P-shared-nnp" --security-opt no-new-privileges
	container_start "$P-beside-nnp" --cap-add SYS_PTRACE --pid "container:$P-shared-nnp"
}

teardown_file() {
	engine_stop
}

# Orphans here are the engine's own until it ends.
teardown() {
	kept_stop
	clean_cgroups
}

# ---- R13 to R15: looking at who enters

# contained NAME - a container of ours, with somebody in it who looks at every process that comes
contained() {
	T=$(container_pid "$P-$1")
	log=/proc/$T/root/tmp/log
	stalled=/proc/$T/root/bin/stalled program=/bin/stalled
	cp "$NSJOIN_HELPERS/watcher" "$NSJOIN_HELPERS/noop" "/proc/$T/root/bin"
	mv "/proc/$T/root/bin/noop" "$stalled"
	rm -f "$log"
	engine exec -d "$P-$1" /bin/watcher /tmp/log
	until [ -s "$log" ]; do sleep 0.02; done
	wait_line "$log" ready
}

# seen_entering ARGS... - what is seen while the program is about to be executed and cannot be yet
seen_entering() {
	local entering
	kept_start "$NSJOIN_HELPERS/stallexec" "$stalled"
	timeout -k 5 20 "$NSJOIN" -t "$T" "$@" "$program" </dev/null >/dev/null 2>&1 3>&- &
	entering=$!
	wait_line "$log" '^[0-9]+ comm=(memfd:)?nsjoin'
	# Everything that it goes through meanwhile would be seen. Afterwards it is the program, to who
	# began to look at it before.
	sleep 0.3
	seen=$(<"$log")
	kept_stop
	wait "$entering" || :
	# The target's own shell has no file any more while it ends.
	seen=$(grep -E '^[0-9]+ comm=' <<<"$seen" | grep -vE " exe=($program|[^ ]*/(sh|dash|bash|busybox)) | comm=sh exe=ENOENT ")
	[ -n "$seen" ] || fail "nobody was seen" "$(<"$log")"
}

denied() {
	! grep -vE ' exe=E[A-Z]+ open=E[A-Z]+ mem=E[A-Z]+ environ=E[A-Z]+ fd=E[A-Z]+ ' <<<"$seen" ||
		fail "could be looked into:" "$seen"
}

# The privileges that the target's init has, and no other.
confined() {
	local wanted
	wanted=$(sed -n 's/^CapEff:\s*//p' "/proc/$T/status")
	! grep -vE " capeff=($wanted)?\$" <<<"$seen" || fail "other capabilities than $wanted:" "$seen"
}

@test "who enters a container cannot be looked into" {
	contained plain
	seen_entering
	denied
	confined
}

@test "who enters a container that may look into others has nothing that it has not" {
	contained ptrace
	seen_entering
	! grep -vE ' exe=(/memfd:|E)' <<<"$seen" || fail "a file of the host:" "$seen"
	confined
}

# catch NAME [BESIDE] - in such a container, or one beside it that sees the same processes, somebody
# seizes what enters it, as early as can be; in $log is who was caught
catch() {
	local i beside=${2:-$1}
	T=$(container_pid "$P-$1")
	log=/proc/$(container_pid "$P-$beside")/root/tmp/caught
	cp "$NSJOIN_HELPERS/catcher" "${log%/tmp/caught}/bin"
	rm -f "$log"
	engine exec -d "$P-$beside" /bin/catcher /tmp/caught
	until [ -s "$log" ]; do sleep 0.02; done
	for ((i = 0; i < 200; i++)); do
		timeout -k 5 20 "$NSJOIN" -t "$T" /bin/busybox true </dev/null >/dev/null 2>&1 3>&- || :
		[ "$(grep -c comm=memfd:nsjoin "$log")" -lt 5 ] || break
	done
	grep -q comm=memfd:nsjoin "$log" || fail "nobody was caught" "$(<"$log")"
	! grep '^caught comm=memfd:nsjoin' "$log" | grep -v ' peers=0$' ||
		fail "who has made its sockets can be reached"
}

# caught NAME - the same, and how it is confined by then
caught() {
	catch "$1"
	! grep '^caught' "$log" | grep -v ' seccomp=2 cgroup=same peers=[0-9]*$' || fail "not confined yet"
}

@test "who is seized as soon as he is there is confined already" {
	caught ptrace
	caught ptrace-nnp
}

@test "who is seized from another container leads to nobody of the host's, and is filtered" {
	local name
	for name in shared shared-nnp; do
		catch "$name" "${name/shared/beside}"
		! grep '^caught' "$log" | grep -v ' seccomp=2 ' || fail "$name: without filters"
	done
}

@test "who enters a user namespace cannot be looked into" {
	local map as
	for map in '0 0 65536' '0 100000 65536'; do
		as=${map#* }
		as=--as=${as% *}
		log=$BATS_TEST_TMPDIR/log stalled=$BATS_TEST_TMPDIR/stalled
		program=$stalled
		cp "$NSJOIN_HELPERS/noop" "$stalled"
		open_dirs
		: >"$log"
		chmod 666 "$log"
		target_start "$as" --ns=UmuinpC --mount-proc --uid-map="$map" --gid-map="$map" \
			--setup="'$watcher' '$log' &"
		wait_line "$log" ready
		seen_entering
		denied
		kept_stop
		: >"$log"
		target_start "$as" --ns=UmuinpC --mount-proc --uid-map="$map" --gid-map="$map" \
			--setup="'$watcher' '$log' &"
		wait_line "$log" ready
		seen_entering -a
		denied
		kept_stop
	done
}
