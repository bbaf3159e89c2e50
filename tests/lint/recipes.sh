#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Each of the attacks R1 to R62 has its test and a mutant that the test finds. Only what takes a
# security module that is not active may be without; its reason is in place of the mutant's name.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
mutants=$1
cd "$src/tests"

declare -A has_test=() has_mutant=() used=()
while IFS=$'\t' read -r recipe file test mutant others rest; do
	[[ $recipe == '#'* ]] && continue
	[ -z "$rest" ] || finding "$recipe: a line with too many columns"
	grep -qxF "@test \"$test\" {" "e2e/$file.bats" || finding "$recipe: no test \"$test\" in $file.bats"
	has_test[$recipe]=1
	[[ $mutant == -:* ]] && continue
	grep -qxF "$mutant" "$mutants" || finding "$recipe: no mutant \"$mutant\""
	[ -z "$others" ] || [[ $others =~ ^R[0-9]+(\ R[0-9]+)*:\ .+ ]] ||
		finding "$recipe: who else notices \"$mutant\", and why?"
	has_mutant[$recipe]=1
	used[$mutant]=1
done <recipes.tsv

for ((i = 1; i <= 62; i++)); do
	[ -n "${has_test[R$i]-}" ] || finding "R$i has no test"
	[ -n "${has_mutant[R$i]-}" ] || finding "R$i has no mutant"
done
while read -r mutant; do
	[ -n "${used[$mutant]-}" ] || finding "the mutant $mutant is nobody's"
done <"$mutants"
finish
