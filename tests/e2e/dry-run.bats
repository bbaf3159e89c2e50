#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root userns python3 strace
# --dry-run: the plan is printed, nothing is changed, and it is what happens.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031,SC2016
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

# json EXPRESSION - of the plan in $output, called p
json() {
	python3 -c 'import json, sys
p = json.loads(sys.argv[1])
r = eval(sys.argv[2])
print(r if isinstance(r, str) else json.dumps(r))' "$output" "$1"
}

acting="setns,unshare,chroot,fchdir,chdir,mount,umount2,pivot_root,setuid,setgid,setresuid,setresgid,"
acting+="setgroups,capset,write,sethostname,execve,execveat"

@test "text: target, what is joined and kept, the program, as whom" {
	target_full
	ok -t "$T" -n --dry-run "$fdlist" --never
	grep -qE "^target +.*$T" <<<"$output"
	grep -qE "^join +net ${BOX[net]}$" <<<"$output"
	grep -qE "^keep +.*mnt.*pid" <<<"$output"
	grep -qE "^program +$fdlist" <<<"$output"
	grep -qE "^run as " <<<"$output"
	! grep -q '^uid ' <<<"$output" || fail "$output" "$stderr"
}

@test "JSON: one object, with the namespaces as numbers" {
	target_full
	ok -t "$T" -a --dry-run --json "$fdlist" a b
	[ "$(json 'p["schema"]')" = 1 ]
	[ "$(json 'p["target"]["pid"]')" = "$T" ]
	[ "$(json 'sorted(p["join"])')" = '["cgroup", "ipc", "mnt", "net", "pid", "uts"]' ]
	[ "$(json 'p["join"]["net"]')" = "${BOX[net]}" ]
	[ "$(json 'p["program"]["argv"]')" = "[\"$fdlist\", \"a\", \"b\"]" ]
	[ "$(json 'all(s["why"] for s in p["steps"])')" = true ]
}

@test "what was printed is what happens" {
	local options planned type
	shopt -s extglob
	target_start --ns=UmuinpCT --mount-proc
	for options in -a "-U -n" "-m -u -i" "-p" "-T -C" "-n -p -m -U"; do
		# shellcheck disable=SC2086
		ok -t "$T" $options --dry-run --json "$fdlist"
		planned=$(json '" ".join("%s=%d" % i for i in p["join"].items())')
		# shellcheck disable=SC2086
		ok -t "$T" $options "$fdlist"
		for type in $planned; do
			[ "$(fact "ns ${type%=*}")" = "${type#*=}" ]
		done
		# shellcheck disable=SC2086
		joined ${planned//=+([0-9])/}
	done
}

@test "nothing is changed by the process itself" {
	local options trace=$BATS_TEST_TMPDIR/trace
	target_full --cwd=/usr
	cgroup_make pids "nsjoin-test-$BASHPID"
	echo "$T" >"$REPLY/cgroup.procs"
	for options in "-a" "-n" "-m -S 1 -G 1" "-a -r -w -e -c" "-m -p" "-m -S daemon"; do
		# shellcheck disable=SC2086
		timeout 20 strace -qq -o "$trace" -e "trace=$acting,prctl" "$NSJOIN" -t "$T" \
			$options \
			--dry-run sh -c "touch '$BATS_TEST_TMPDIR/ran'" >"$BATS_TEST_TMPDIR/said" 3>&-
		grep -q '^program ' "$BATS_TEST_TMPDIR/said" || fail "$options: no plan"
		# Its own start, and what it says.
		sed -i '/^execve(/d; /^write(1,/d; /^--- SIGCHLD/d; /PR_GET/d; /PR_CAPBSET_READ/d; /PR_CAP_AMBIENT_IS_SET/d' \
			"$trace"
		[ ! -s "$trace" ] || fail "$options:" "$(<"$trace")"
	done
	[ ! -e "$BATS_TEST_TMPDIR/ran" ]
	[ "$(<"$REPLY/cgroup.procs")" = "$T" ]
}

@test "the target is not touched: no process is left in its namespaces" {
	target_full
	ok -t "$T" -a --dry-run true
	[ "$(nsenter -t "$T" -a sh -c 'echo /proc/[0-9]*' | wc -w)" -eq 2 ]
}

@test "what would fail fails in the same way" {
	target_full
	hear j -t 999999999 -n --dry-run true
	expect_status 125
	expect_output ""
	hear j -t "$T" -m --dry-run /nonexistent
	expect_status 125
	expect_output ""
	expect_stderr /nonexistent
	hear j -t "$T" -m --dry-run -S 4711 true
	expect_status 125
	expect_output ""
}

@test "a program that is given by a path from the working directory it will have" {
	local options
	mkdir "$BATS_TEST_TMPDIR/there"
	printf '#!/bin/sh\necho here\n' >"$BATS_TEST_TMPDIR/there/run"
	chmod 755 "$BATS_TEST_TMPDIR/there/run"
	target_full --cwd="$BATS_TEST_TMPDIR/there"
	for options in '' '-a -w' "-a -W$BATS_TEST_TMPDIR/there" "-n -w$BATS_TEST_TMPDIR/there"; do
		# shellcheck disable=SC2086 # options are words
		ok -t "$T" $options --dry-run ./run
		grep -qE '^program +\./run ' <<<"$output" || fail "$options" "$output"
		# shellcheck disable=SC2086
		ok -t "$T" $options -v ./run
		expect_output here
	done
	fails_with 125 program-not-found '\./run' -t "$T" -n --dry-run ./run
}

@test "the shell that would run" {
	requires busybox
	root_make "$BATS_TEST_TMPDIR/root"
	target_start --ns=m --mount-proc --pivot --root="$BATS_TEST_TMPDIR/root"
	ok -t "$T" -m --dry-run
	grep -qE '^program +/bin/sh' <<<"$output"
}

@test "what the target wrote is escaped" {
	target_full --comm=$'x\e]0;own\a\ny'
	ok -t "$T" -n --dry-run true
	! LC_ALL=C grep -q $'[\001-\010\013-\037]' <<<"$output" || fail "$(cat -v <<<"$output")"
	[ "$(grep -c '^target' <<<"$output")" -eq 1 ]
	ok -t "$T" -n --dry-run --json true
	json p >/dev/null
}

@test "-v says the same while running, on standard error" {
	local planned
	target_full
	ok -t "$T" -n --dry-run true
	planned=$output
	grep -qE "^join +net ${BOX[net]}$" <<<"$planned"
	ok -t "$T" -n -v true
	expect_output ""
	[ "$stderr" = "$planned" ] || fail "$stderr"
}

@test "the probe that reads the target's files has no privileges and ends" {
	local trace=$BATS_TEST_TMPDIR/trace
	requires busybox
	root_make "$BATS_TEST_TMPDIR/root"
	rm "$BATS_TEST_TMPDIR/root/etc/passwd"
	mkfifo "$BATS_TEST_TMPDIR/root/etc/passwd"
	target_start --ns=m --mount-proc --pivot --root="$BATS_TEST_TMPDIR/root"
	hear j -t "$T" -m --dry-run
	[ "$status" -eq 0 ] || [ "$status" -eq 125 ]
	no_orphans
	ok -t "$T" -m --dry-run true
	timeout 20 strace -f -qq -o "$trace" -e trace=setns,capset,open,openat,openat2 "$NSJOIN" -t "$T" \
		-m --dry-run 3>&- >/dev/null
	# It joins, gives up, and only then opens what is the target's.
	awk '/ setns\(/ { joined[$1] = 1 } / capset\(/ && joined[$1] { dropped[$1] = 1 }
		/ open(at2?)?\(/ && joined[$1] { if (dropped[$1]) seen = 1; else { print; bad = 1 } }
		END { exit bad || !seen }' "$trace" || fail "$(<"$trace")"
}

@test "-vv says who takes the steps that are not the plan's" {
	target_full
	ok -t "$T" -m -vv true
	[ "${stderr%%$'\n'*}" = "a process of its own looks at the files of $T:" ] || fail "$stderr"
	ok -t "$T" -n -vv true
	! grep '^a process of its own' <<<"$stderr" || fail "$stderr"
}
