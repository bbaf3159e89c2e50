#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The binary is what a root tool should be: position independent, bound before main, no writable
# code, no search path of its own; an optimised one checks its string functions.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
binary=$1 build_type=$2
require readelf

elf=$(LC_ALL=C readelf -hldsW "$binary")
wants() {
	grep -qE "$1" <<<"$elf" || finding "$binary: $2"
}
refuses() {
	! grep -qE "$1" <<<"$elf" || finding "$binary: $2"
}

wants '^ +Type: +DYN' 'is not position independent'
wants '\(FLAGS_1\).*NOW' 'is not bound at start'
wants 'GNU_RELRO' 'has no read-only relocations'
wants 'GNU_STACK.* RW ' 'has an executable stack'
refuses 'LOAD.* RWE ' 'has a segment that is writable and executable'
refuses '\((RPATH|RUNPATH)\)' 'has a library search path of its own'
refuses '\(TEXTREL\)' 'relocates its code'
wants '\(GNU_HASH\)' 'has no GNU hash table'

case $build_type in
Release | RelWithDebInfo | MinSizeRel) wants ' UND .*_chk@' 'is not fortified' ;;
esac
wants ' UND __stack_chk_fail' 'has no stack protector'
finish
