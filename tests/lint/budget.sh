#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Sizes to be seen, not gamed: files past 400 lines, functions past 60, and how long functions are.
# Never fails.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
cd "$src"

find src -name '*.[ch]' -exec wc -l {} + |
	awk '$2 != "total" && $1 > 400 { print $2 ": " $1 " lines" }'
awk '
	FNR == 1 { inside = 0 }
	/^[a-z].*\(/ { name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) }
	/^\{/ { start = FNR; inside = 1 }
	/^\}/ && inside {
		lines = FNR - start - 1
		inside = 0
		print lines, FILENAME ":" start ": " name "()"
	}' src/*/*.c | sort -n | awk '
	{ n[NR] = $1 }
	$1 > 60 { lines = $1; $1 = ""; print substr($0, 2) " has " lines " lines" }
	END {
		if (NR)
			printf "%d functions: median %d, p90 %d, longest %d lines\n", NR,
				n[int((NR + 1) / 2)], n[int(NR * 0.9 + 0.5)], n[NR]
	}'
