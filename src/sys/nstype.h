/* SPDX-License-Identifier: MIT */
/*
 * The eight kinds of namespaces and sets of them. Adding a namespace is adding a row to the table
 * in nstype.c; everything else iterates over it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* In the order in which the plan lists and joins them: the user namespace decides about the rest. */
enum ns_type {
	NS_USER,
	NS_MNT,
	NS_PID,
	NS_NET,
	NS_IPC,
	NS_UTS,
	NS_CGROUP,
	NS_TIME,
	NS_COUNT,
};

typedef uint32_t ns_set; /* a bit per enum ns_type */

struct ns_info {
	const char *name;	/* below /proc/PID/ns, and in every message */
	const char *link;	/* below /proc/PID */
	const char *clone_name; /* CLONE_NEW…, as --dry-run --json prints it */
	uint32_t clone_flag;	/* for setns(2), and what NS_GET_NSTYPE returns */
	char letter;		/* the option, and the column of ps */
	const char
		*current; /* link of a process's own that setns changes: pid_for_children for pid */
};

extern const struct ns_info ns_table[NS_COUNT];

#define NS_BIT(type) ((ns_set)1 << (type))
#define NS_ALL	     (NS_BIT(NS_COUNT) - 1)

static inline int ns_has(ns_set set, enum ns_type type)
{
	return (set & NS_BIT(type)) != 0;
}

/* ns_clone_flags() - the CLONE_NEW* flags of a set, as setns(2) takes them with a pidfd */
uint32_t ns_clone_flags(ns_set set);

/* ns_from_clone_flag() - the type of one CLONE_NEW* flag. Return: NS_COUNT where there is none. */
enum ns_type ns_from_clone_flag(uint32_t flag);

/*
 * ns_names() - "net pid", for messages
 * @buf: at least NS_NAMES_MAX bytes
 * Return: @buf.
 */
enum {
	NS_NAMES_MAX = sizeof("user mnt pid net ipc uts cgroup time")
};
const char *ns_names(ns_set set, char *buf);
