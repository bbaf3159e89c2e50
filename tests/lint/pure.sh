#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What decides makes no system call. The objects of the plan, the request and the cgroup names, and
# every object of ours that they need, may refer to string, memory and formatting functions only.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
list=$1
require "$NM"

pure='^(core/request|core/plan|find/cgname)'

# vasprintf and the like write to memory; nothing here takes a FILE or a descriptor.
allowed='^(mem[a-z]+|str[a-z]+|stpcpy|stpncpy|v?sn?printf|v?asprintf'
allowed+='|v?sscanf|__isoc(99|23)_v?(sscanf|strto[a-z]+)'
allowed+='|malloc|calloc|realloc|reallocarray|free|qsort|bsearch|__errno_location|__ctype_[a-z_]+'
allowed+='|strerrordesc_np|strerrorname_np|__assert_fail)$'

needed=$(symbols "$list" -u)
provided=$(symbols "$list" -g --defined-only)
declare -A needs=() defined=() seen=()
while read -r object symbol; do
	defined[$symbol]=$object
	needs[$object]=
done <<<"$provided"
while read -r object symbol; do
	needs[$object]+=" $symbol"
done <<<"$needed"

queue=()
for object in "${!needs[@]}"; do
	[[ $object =~ $pure ]] && queue+=("$object")
done
if [ ${#queue[@]} -eq 0 ]; then
	finding "no object matches $pure"
fi

while [ ${#queue[@]} -gt 0 ]; do
	object=${queue[0]}
	queue=("${queue[@]:1}")
	[ -n "${seen[$object]-}" ] && continue
	seen[$object]=1
	for symbol in ${needs[$object]}; do
		if [ -n "${defined[$symbol]-}" ]; then
			queue+=("${defined[$symbol]}")
		elif ! [[ $symbol =~ $allowed ]]; then
			finding "$object: $symbol is not a string or memory function"
		fi
	done
done

printf 'pure: %s\n' "$(printf '%s\n' "${!seen[@]}" | sort | tr '\n' ' ')"
finish
