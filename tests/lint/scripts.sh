#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What shellcheck says about every shell script and every bats file.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
require shellcheck
cd "$src"

mapfile -t scripts < <(
	find tests tools bench completions -name '*.sh' -o -name '*.bash' ! -path 'tests/*'
	printf '%s\n' try check .ci/run
)
shellcheck --external-sources --source-path=SCRIPTDIR --severity=info "${scripts[@]}" ||
	finding "shellcheck is not content with a script"

# Tests split words on purpose, and share variables, and functions whose arguments no test has to
# give. What they source is one of these files, and following it again for each takes seconds.
shellcheck --severity=warning --exclude=SC2034,SC2046,SC2120,SC2154 tests/e2e/*.ba* tests/e2e/*/*.bash ||
	finding "shellcheck is not content with a test"
finish
