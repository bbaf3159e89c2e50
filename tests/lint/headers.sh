#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every header compiles alone, and twice.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
cc=${CC:-cc}
require "$cc"
cd "$src/src"

for header in */*.h; do
	printf '#include "%s"\n#include "%s"\n' "$header" "$header" |
		"$cc" -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -I. -fsyntax-only -x c - ||
		finding "src/$header: does not compile alone"
done
finish
