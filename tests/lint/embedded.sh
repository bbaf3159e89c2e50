#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The loader's stand-in is put anywhere by the kernel, and nothing relocates it: it must not need that.
# embedded.sh SOURCE_DIR SHIM
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
shim=$1
require readelf

[ "$(LC_ALL=C readelf -hW "$shim" | awk '$1 == "Type:" { print $2 }')" = DYN ] ||
	finding "$shim: cannot be put anywhere"
LC_ALL=C readelf -rW "$shim" | grep -q 'There are no relocations' ||
	finding "$shim: has relocations:"$'\n'"$(LC_ALL=C readelf -rW "$shim")"
! LC_ALL=C readelf -lW "$shim" | grep -q INTERP || finding "$shim: names a loader itself"
finish
