#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# clang-format decides how the code looks. Other versions than the one of .clang-format's options
# lay some lines out differently, so only that one is asked, whatever it is called.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
format=clang-format-14
[[ $(clang-format --version 2>/dev/null || :) != *' version 14.'* ]] || format=clang-format
require "$format"
cd "$src"

mapfile -t files < <(find src tests bench cmake completions -name '*.[ch]' | sort)
if ! complaints=$("$format" --dry-run --Werror "${files[@]}" 2>&1); then
	sed -nE 's/^([^ :]+):[0-9]+:[0-9]+: .*/\1/p' <<<"$complaints" | uniq -c
	finding "run: $format -i on these files"
fi
finish
