#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every test, helper and lint is one of the build's: nobody would miss one that CMake is not told of.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
cd "$src/tests"

# all_given_to FUNCTION FILE... - of the CMakeLists.txt
all_given_to() {
	local known file name
	known=$(sed -nE "s/^[[:blank:]]*($1)\(([A-Za-z0-9_-]+)[ )].*/\2/p" CMakeLists.txt fuzz/CMakeLists.txt)
	for file in "${@:2}"; do
		name=${file##*/}
		name=${name#test_}
		[[ $'\n'$known$'\n' == *$'\n'"${name%.*}"$'\n'* ]] || finding "tests/$file: no $1() has it"
	done
}

shopt -s extglob
all_given_to nsjoin_e2e_test e2e/*.bats
all_given_to nsjoin_unit_test unit/*.c
all_given_to 'nsjoin_helper|nsjoin_evil' helper/*.c
all_given_to nsjoin_fuzz_test fuzz/*.c
all_given_to nsjoin_lint lint/!(lib).sh
finish
