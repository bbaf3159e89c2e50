#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# mutants.sh [--exactly] [--build=DIR] [ATTACK…] - takes one defence out at a time, and sees the test notice
#
# For each line of recipes.tsv (or those of the attacks that are named: R7) the test is run with
# nsjoin as it is, where it has to pass, and with the mutant, where it has to fail. With --exactly the
# tests of all attacks are run with each mutant, which takes minutes: those have to fail that
# recipes.tsv says, and no other. Prints a line for each; status 1 where one is not as it should be.
# DIR is the build, build/release by default. As root.
set -uo pipefail
tests=$(cd "$(dirname "$0")" && pwd)
build=${tests%/*}/build/release
wanted=() exactly=false
for word; do
	case $word in
	--exactly) exactly=true ;;
	--build=*) build=$(realpath "${word#*=}") ;;
	*) wanted+=("$word") ;;
	esac
done
cmake --build "$build" >/dev/null && cmake --build "$build" --target mutants >/dev/null || exit

# A mutant may hang where nsjoin does not: no test and no file takes longer than this.
export NSJOIN_HELPERS=$build/tests/helper BATS_TEST_TIMEOUT=120
seconds=600
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
good=0 bad=0

# One for each line of recipes.tsv.
recipes=() files=() names=() mutants=() others=()
while IFS=$'\t' read -r recipe file name mutant other; do
	[[ $recipe == '#'* ]] && continue
	recipes+=("$recipe") files+=("$file") names+=("$name") mutants+=("$mutant") others+=("$other")
done <"$tests/recipes.tsv"

say() {
	printf '%s\t%s\t%s\n' "$1" "$2" "$3"
	if [ "$1" = ok ]; then good=$((good + 1)); else bad=$((bad + 1)); fi
}

is_wanted() {
	[ ${#wanted[@]} -eq 0 ] || [[ " ${wanted[*]} " == *" $1 "* ]]
}

# run PROGRAM FILE TEST... - leaves what bats says in $work/FILE, and its status
run() {
	local program=$1 file=$2 filter
	shift 2
	# All of the names and nothing else.
	filter=$(printf '%s\n' "$@" | sed 's/[][\.*^$+?(){}|/]/\\&/g' | paste -sd '|')
	NSJOIN=$program NSJOIN_FILTER="^($filter)\$" timeout -k 30 "$seconds" \
		"$tests/e2e/run.sh" "$file.bats" >"$work/$file" 2>&1 </dev/null
	echo "status $?" >>"$work/$file"
}

# judge FILE TEST... - result[FILE/TEST] becomes ok, not ok, skip, or empty where it was not run
# Return: whether there is nothing to complain about
declare -A result=()
judge() {
	local file=$1 line name verdict
	shift
	for name; do result[$file/$name]=; done
	while read -r line; do
		[[ $line =~ ^(ok|not\ ok)\ [0-9]+\ (.*)$ ]] || continue
		verdict=${BASH_REMATCH[1]} name=${BASH_REMATCH[2]}
		[[ $name != *' # skip'* ]] || verdict=skip
		result[$file/${name%% \# *}]=$verdict
	done <"$work/$file"
	grep -qx 'status 0' "$work/$file"
}

try() {
	run "$@"
	judge "${@:2}"
}

# ---- each mutant with the tests of its attacks

# notices NUMBER - of a line of recipes.tsv
notices() {
	local recipe=${recipes[$1]} file=${files[$1]} name=${names[$1]} mutant=${mutants[$1]}
	if [ -z "${passed[$file/$name]-}" ] &&
		! { try "$build/nsjoin" "$file" "$name" && [ "${result[$file/$name]}" = ok ]; }; then
		cat "$work/$file" >&2
		say wrong "$recipe" "fails with nsjoin as it is: $name"
		return
	fi
	passed[$file/$name]=1
	try "$build/tests/mutants/$mutant" "$file" "$name"
	case ${result[$file/$name]} in
	'not ok') say ok "$recipe" "notices $mutant" ;;
	ok) say wrong "$recipe" "does not notice $mutant: $name" ;;
	*)
		cat "$work/$file" >&2
		say wrong "$recipe" "could not be run with $mutant: $name"
		;;
	esac
}

try_own() {
	local -A passed=()
	local i
	for i in "${!recipes[@]}"; do
		[[ ${mutants[i]} != -* ]] && is_wanted "${recipes[i]}" && notices "$i"
	done
}

# ---- each mutant with the tests of all attacks

# run_files PROGRAM FILE... - all the tests of each that are somebody's
run_files() {
	local program=$1 file i of_file
	shift
	for file; do
		of_file=()
		for i in "${!files[@]}"; do
			[ "${files[i]}" != "$file" ] || of_file+=("${names[i]}")
		done
		run "$program" "$file" "${of_file[@]}"
	done
}

# try_all PROGRAM - Return: whether there is nothing to complain about
try_all() {
	local file i status=0 with_engine=() without=()
	for file in $(printf '%s\n' "${files[@]}" | sort -u); do
		if grep -q '^# needs:.* docker' "$tests/e2e/$file.bats"; then
			with_engine+=("$file")
		else
			without+=("$file")
		fi
	done
	# Starting an engine is waiting most of the time.
	run_files "$1" "${with_engine[@]}" &
	run_files "$1" "${without[@]}"
	wait
	for i in "${!files[@]}"; do judge "${files[i]}" "${names[i]}" || status=1; done
	return "$status"
}

# noticed_by MUTANT - compares who has noticed with who should
noticed_by() {
	local i verdict recipe wrong=''
	local -A noticed=() should=()
	for i in "${!recipes[@]}"; do
		recipe=${recipes[i]} verdict=${result[${files[i]}/${names[i]}]}
		if [ "${mutants[i]}" = "$1" ]; then
			should[$recipe]=1
			for recipe in ${others[i]%%:*}; do should[$recipe]=1; done
			[ "$verdict" != ok ] || wrong+="; ${recipes[i]} does not: ${names[i]}"
			[ "$verdict" != skip ] || wrong+="; skipped: ${names[i]}"
		fi
		[ -n "$verdict" ] || wrong+="; could not be run: ${names[i]}"
		[ "$verdict" != 'not ok' ] || noticed[${recipes[i]}]=1
	done
	for recipe in "${!noticed[@]}"; do
		[ -n "${should[$recipe]-}" ] || wrong+="; nobody says that $recipe does"
	done
	for recipe in "${!should[@]}"; do
		[ -n "${noticed[$recipe]-}" ] || wrong+="; $recipe should"
	done
	recipe=$(printf '%s\n' "${!noticed[@]}" | sort -V | paste -sd ' ')
	say "$([ -n "$wrong" ] && echo wrong || echo ok)" "$1" "noticed by $recipe$wrong"
}

try_exactly() {
	local i
	local -A seen=()
	if ! try_all "$build/nsjoin"; then
		grep -hE -A9 '^not ok|^left behind|^status [^0]' "$work"/* >&2
		say wrong nsjoin "fails as it is: nothing is told by that"
		return
	fi
	for i in "${!recipes[@]}"; do
		[[ ${mutants[i]} != -* && -z ${seen[${mutants[i]}]-} ]] || continue
		is_wanted "${recipes[i]}" || continue
		seen[${mutants[i]}]=1
		try_all "$build/tests/mutants/${mutants[i]}"
		noticed_by "${mutants[i]}"
	done
}

if $exactly; then try_exactly; else try_own; fi
echo "$good noticed, $bad not as it should be"
[ "$bad" -eq 0 ] && [ "$good" -gt 0 ]
