#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: userns timens
# What works without root: a target in a user namespace of one's own. Runs as any user.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

own_box() {
	target_start --ns=UmuinpCT --mount-proc --hostname=tgt "$@"
}

@test "each namespace with the user namespace, and all of them" {
	local row
	# With the machine's /proc, where all can read what they are in.
	target_start --ns=UmuinpCT --hostname=tgt
	for row in m:mnt u:uts i:ipc n:net p:pid C:cgroup T:time; do
		ok -t "$T" -U "-${row%:*}" "$fdlist"
		joined user "${row#*:}"
		[ "$(fact uid)" = "0 0 0 0" ]
	done
	ok -t "$T" -a "$fdlist"
	joined "${all_types[@]}"
}

@test "namespaces that are shared with the target are left out" {
	target_start --ns=Un
	ok -t "$T" -a "$fdlist"
	joined user net
}

@test "by file, the user namespace first" {
	own_box
	ok -n="/proc/$T/ns/net" -u="/proc/$T/ns/uts" -U="/proc/$T/ns/user" "$fdlist"
	joined user net uts
}

@test "credentials and capabilities" {
	own_box
	ok -t "$T" -U -n --preserve-credentials "$fdlist"
	joined user net
	ok -t "$T" -U --keep-caps --preserve-credentials "$fdlist"
	[[ $(fact capamb) == *[1-9a-f]* ]] || fail "$output"
}

@test "the status, the signal, what is missing" {
	own_box
	run j -t "$T" -a sh -c 'exit 42'
	expect_status 42
	run j -t "$T" -a sh -c 'kill -TERM $$'
	expect_status 143
	fails_with 127 program-not-found /nonexistent -t "$T" -a /nonexistent
	fails_with 126 cannot-execute /etc/passwd -t "$T" -a /etc/passwd
}

@test "the environment, the directory" {
	kept_start env -i FOO=bar PATH=/bin:/usr/bin "$NSJOIN_HELPERS/nsbox" --ns=Um --cwd=/usr
	T=${BOX[target]}
	ok -t "$T" -a -e -w sh -c 'echo $FOO; pwd'
	expect_output bar$'\n'/usr
}

@test "--dry-run says what happens" {
	own_box
	ok -t "$T" -a --dry-run "$fdlist"
	grep -qE "^join .*net ${BOX[net]}" <<<"$output"
}

@test "the program does not outlive nsjoin" {
	local child
	own_box
	"$NSJOIN" -t "$T" -a sh -c 'echo ready; exec sleep 60' >"$BATS_TEST_TMPDIR/said" 3>&- &
	child=$!
	wait_line "$BATS_TEST_TMPDIR/said" ready
	kill -TERM "$child"
	gone "$child"
	wait "$child" || [ $? -eq 143 ]
	no_orphans
}

@test "without the user namespace: refused, with its cause" {
	local as=j
	if [ "$EUID" -eq 0 ]; then
		# Root may do it: somebody else then.
		as=user_j
		target_rootless
	else
		own_box
	fi
	refused_as "$as" userns-needed net -t "$T" -n
	refused_as "$as" userns-needed mnt -t "$T" -m
}
