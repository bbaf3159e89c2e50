#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# mandoc has nothing to say about the man page.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
require mandoc

grep -nE '^\.It No ' "$src"/man/*.[0-9] && finding '"No" as a first word is a macro: \&No'
mandoc -T lint -W warning "$src"/man/*.[0-9] || finding "mandoc is not content"
finish
