/* SPDX-License-Identifier: MIT */
/*
 * Strict numbers: digits only, no sign, blank, prefix or suffix, no overflow. What the C library
 * accepts beyond that (" 1", "+1", "0x1", 4294967296 cut to 0) has made other tools run as root.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Return: 0, -EINVAL where @text is not a plain decimal number, -ERANGE above @max. */
int parse_uint64(const char *text, uint64_t max, uint64_t *ret_value);

/* A process id from 1 to INT_MAX. Return: as parse_uint64(). */
int parse_pid(const char *text, pid_t *ret_pid);

/* A user or group id; 4294967295 means "no change" to the kernel and is -ERANGE. */
int parse_id(const char *text, uint32_t *ret_id);

/* parse_digits() - whether @text is one digit or more and nothing else */
bool parse_digits(const char *text);

/* parse_hex() - whether @text consists of at least @min lower case hex digits and nothing else */
bool parse_hex(const char *text, size_t min);
