/* SPDX-License-Identifier: MIT */
/*
 * What a container runtime keeps on disk, behind one table: adding a runtime is a file that fills a
 * struct runtime and a row in runtime.c. What a runtime's files say is a claim; candidate.c verifies
 * it against the kernel before anybody is entered.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "find/cgname.h"
#include "find/cgtree.h"
#include "find/hostfs.h"
#include "sys/nstype.h"
#include "util/error.h"
#include "util/strv.h"

enum {
	STATE_FILE_MAX = 4 << 20, /* a state file that is longer is left out */
	STATE_DIR_MAX = 1 << 17,  /* so many entries of a state directory are looked at */
};

struct runtime;

/* One container, as the state on disk tells. Strings are heap; NULL or 0 is "not told". */
struct known {
	const struct runtime *runtime;
	char *id;   /* full id; for runtimes without ids the name */
	char *name; /* what users call it */

	char *pod, *pod_namespace; /* Kubernetes or podman pod */
	char *container;	   /* the container's name within its pod */
	char *image;		   /* what it was made from, as the runtime calls it */
	char pod_uid[CGNAME_POD_MAX];
	bool sandbox;		/* holds the pod's namespaces: pause */
	char *pinned[NS_COUNT]; /* files that keep them; told only where a pod is looked for */

	char *state_root;     /* where it was found, to tell two daemons' containers apart */
	char *cgroup;	      /* path below the hierarchies, where the state names it */
	pid_t pid;	      /* of the init, in the pid namespace of who wrote it */
	uint64_t start_time;  /* stat field 22 of that process: proves it is the same one */
	uint64_t pidfd_inode; /* likewise, since Linux 6.9 */
	int64_t pid_written; /* mtime of the file that holds the pid alone: not before the process */
	uid_t owner;  /* whose container it is: root's runtimes 0, rootless ones their user */
	bool stopped; /* the state says that it does not run */
	const char *
		refuse; /* why it cannot be entered ("runs in a virtual machine"), static, or NULL */
};

struct known_list {
	struct known *item; /* heap */
	size_t n, size;
};

/* known_list_add_consume() - add a container, strings included. Return: 0 or -ENOMEM. */
int known_list_add_consume(struct known_list *list, struct known *known);
void known_done(struct known *known);
void known_list_done(struct known_list *list);

#define _cleanup_known_	     _cleanup_(known_done)
#define _cleanup_known_list_ _cleanup_(known_list_done)

/* What to look for; NULL lets everything pass. A runtime may return more than what matches. */
struct known_filter {
	const char *name;   /* name, exactly */
	const char *prefix; /* the id begins with it */
	const char *pod, *pod_namespace, *container;
	/*
	 * Only the rootless containers of this user, at the places of his; NULL: those of root and, where
	 * we are not root, our own.
	 */
	const uid_t *owner;
};

/* known_filter_takes_id() - whether an id begins as it is asked for */
bool known_filter_takes_id(const struct known_filter *filter, const char *id);

/*
 * known_filter_takes() - whether one that never is part of a pod is asked for
 * @name: what users call it; the id is a name as well
 */
bool known_filter_takes(const struct known_filter *filter, uid_t owner, const char *id,
			const char *name);

/* What was looked at already, and is not looked at once more for the same question. */
struct runtime_seen {
	bool docker_roots_read, docker_listed;
	bool docker_podless;		 /* no container at its usual roots is a pod's */
	struct strv docker_roots;	 /* of dockerroot_usual() */
	struct cgmatches docker_running; /* of dockerlive_list() */
	bool storage_read;
	struct strv storage_roots; /* of storageconf_places() for root */
	char *storage_runroot;
	unsigned int containerd_missing; /* a bit for each state directory that is not there */
};

/* What the runtimes share while one question is answered. */
struct runtime_context {
	const struct hostfs *host;
	struct procscan
		*scan; /* processes that run containers: filled by at most one pass of /proc */
	struct cgtree *tree; /* or NULL where it is not asked who runs before all state is read */
	size_t unreadable;   /* state that may not be read by us: names may be missing */
	struct runtime_seen seen;
};

/* runtime_context_done() - release what was seen; the context can be used on */
void runtime_context_done(struct runtime_context *ctx);

struct runtime {
	const char *name; /* as it is printed, and typed before the colon: "docker" */
	const char *const
		*schemes; /* other words typed before the colon ("cri"), NULL terminated, or NULL */
	enum cgname_runtime cgname; /* what a cgroup path of its containers is read as */

	/*
	 * list() - the containers at the places where this runtime's state usually is
	 * @list: added to
	 *
	 * A place that does not exist adds nothing, one that may not be read counts as unreadable.
	 * Damaged or foreign files are left out.
	 * Return: 0, or a negative errno with @err filled.
	 */
	int (*list)(struct runtime_context *ctx, const struct known_filter *filter,
		    struct known_list *list, struct error *err);

	/*
	 * list_scanned() - the same at the places that running processes (shims, monitors, daemons)
	 * tell of: after list() did not have it, and only then is /proc scanned. May be NULL.
	 */
	int (*list_scanned)(struct runtime_context *ctx, const struct known_filter *filter,
			    struct known_list *list, struct error *err);

	/*
	 * has_strangers() - whether a container of this runtime runs that the state which list() looks
	 * at does not have: there is a second state, in which a name may be taken once more
	 *
	 * May be NULL. Return: 1 or 0, or a negative errno with @err filled.
	 */
	int (*has_strangers)(struct runtime_context *ctx, struct error *err);
};

extern const struct runtime *const runtime_table[];
extern const size_t runtime_count;

/* runtime_is_called() - whether users call it so: its name, or one of its schemes */
bool runtime_is_called(const struct runtime *runtime, const char *word);
