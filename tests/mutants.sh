#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# mutants.sh [--build=DIR] [ATTACK…] - takes one defence out at a time, and sees the test notice
#
# For each line of recipes.tsv (or those of the attacks that are named: R7) the test is run with
# nsjoin as it is, where it has to pass, and with the mutant, where it has to fail. Prints a line for
# each; status 1 where one is not as it should be. DIR is the build, build/release by default. As root.
set -uo pipefail
tests=$(cd "$(dirname "$0")" && pwd)
build=${tests%/*}/build/release
wanted=()
for word; do
	case $word in
	--build=*) build=$(realpath "${word#*=}") ;;
	*) wanted+=("$word") ;;
	esac
done
cmake --build "$build" >/dev/null && cmake --build "$build" --target mutants >/dev/null || exit

export NSJOIN_HELPERS=$build/tests/helper NSJOIN_FILTER
log=$(mktemp)
trap 'rm -f "$log"' EXIT
declare -A passed=()
good=0 bad=0

# try PROGRAM FILE TEST - Return: whether the test passes
try() {
	NSJOIN=$1 timeout -k 30 120 "$tests/e2e/run.sh" "$2.bats" >"$log" 2>&1 || return
	grep -qE '^ok 1 ' "$log" && ! grep -qE '^ok 1 .*# skip' "$log"
}

say() {
	printf '%s\t%s\t%s\n' "$1" "$2" "$3"
	if [ "$1" = ok ]; then good=$((good + 1)); else bad=$((bad + 1)); fi
}

while IFS=$'\t' read -r recipe file test mutant; do
	[[ $recipe == '#'* || $mutant == -* ]] && continue
	[ ${#wanted[@]} -eq 0 ] || [[ " ${wanted[*]} " == *" $recipe "* ]] || continue
	# All of the name and nothing else.
	NSJOIN_FILTER="^$(sed 's/[][\.*^$+?(){}|/]/\\&/g' <<<"$test")\$"
	if [ -z "${passed[$file/$test]-}" ] && ! try "$build/nsjoin" "$file" "$test"; then
		cat "$log" >&2
		say wrong "$recipe" "fails with nsjoin as it is: $test"
		continue
	fi
	passed[$file/$test]=1
	if try "$build/tests/mutants/$mutant" "$file" "$test"; then
		say wrong "$recipe" "does not notice $mutant: $test"
	elif ! grep -qE '^not ok 1 ' "$log"; then
		cat "$log" >&2
		say wrong "$recipe" "could not be run with $mutant: $test"
	else
		say ok "$recipe" "notices $mutant"
	fi
done 3<"$tests/recipes.tsv" <&3

echo "$good noticed, $bad not as it should be"
[ "$bad" -eq 0 ] && [ "$good" -gt 0 ]
