#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# needs: root nsenter
# What entering costs, as counts that repeat: instructions, system calls, page faults. Never time.
# nsenter on the same machine is the measure: the C library's own share differs between releases.
# Only for a release build. A gate that fails names the number; bench/run.sh shows the whole.
# shellcheck disable=SC2154
# shellcheck source=lib.bash
. "$BATS_TEST_DIRNAME/lib.bash"

spaces=(-u -i -n -p)

# count NAME COMMAND... - sets NAME[instructions], NAME[syscalls] and NAME[faults], less what the
# program itself costs. A user's locale, and nothing else of the environment: all of it is parsed.
count() {
	local -n ret_counts=$1
	local what number
	shift
	while read -r what number; do
		ret_counts["$what"]=$((number - ${idle["$what"]:-0}))
	done < <(env -i PATH="$PATH" LANG=C.UTF-8 "$NSJOIN_HELPERS/icount" "$@" 3>&-)
	[ "${ret_counts[instructions]:-0}" -gt 0 ] || fail "not counted: $*"
}

setup() {
	noop=$NSJOIN_HELPERS/noop
	declare -gA idle=() theirs=() ours=() other=()
	count idle "$noop"
	# shellcheck disable=SC2119 # all of it
	target_full
}

# at_most WHAT PERCENT - of what nsenter needs
at_most() {
	local percent=$((ours[$1] * 100 / theirs[$1]))
	[ "$percent" -le "$2" ] ||
		fail "$1: ${ours[$1]} are $percent% of nsenter's ${theirs[$1]}, more than $2%"
}

# over WHAT NUMBER - more than "ours"
over() {
	local more=$((other[$1] - ours[$1]))
	[ "$more" -le "$2" ] || fail "$1: $more more than by PID, where $2 were allowed"
}

@test "counting repeats" {
	count ours "$NSJOIN" -t "$T" "${spaces[@]}" "$noop"
	count other "$NSJOIN" -t "$T" "${spaces[@]}" "$noop"
	[ "${ours[syscalls]}" -eq "${other[syscalls]}" ]
	over instructions $((ours[instructions] / 100))
}

@test "by PID: uts, ipc, net and pid namespace" {
	count theirs nsenter -t "$T" "${spaces[@]}" "$noop"
	count ours "$NSJOIN" -t "$T" "${spaces[@]}" "$noop"
	at_most instructions 40
	at_most syscalls 55
	at_most faults 65
}

@test "by PID: the files, too" {
	count theirs nsenter -t "$T" -m "${spaces[@]}" "$noop"
	count ours "$NSJOIN" -t "$T" -m "${spaces[@]}" "$noop"
	at_most instructions 40
	at_most syscalls 55
	at_most faults 80
}

@test "a container's id at a known place" {
	local id
	requires cgroup2
	id=$(printf '%064x' "$T")
	[ -d "$(cgroup_root "")/docker" ] || cgroup_make "" docker
	cgroup_make "" "docker/$id"
	made_cgroup=("$REPLY" "${made_cgroup[0]}") # from the inside out
	[ "${made_cgroup[0]}" != "${made_cgroup[1]}" ] || made_cgroup=("$REPLY")
	echo "$T" >"$REPLY/cgroup.procs"
	count ours "$NSJOIN" -t "$T" "${spaces[@]}" "$noop"
	count other "$NSJOIN" -t "$id" "${spaces[@]}" "$noop"
	over instructions 80000 # loading a library for it would be three times that
	over syscalls 36
	over faults 8
}
