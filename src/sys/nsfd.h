/* SPDX-License-Identifier: MIT */
/*
 * Namespaces as open files of nsfs: opening them, and what the kernel tells about them. A
 * descriptor keeps its namespace alive, whatever becomes of the processes in it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "sys/nstype.h"
#include "util/error.h"

/*
 * nsfd_open_link() - open one namespace link of a process
 * @dirfd: /proc/PID with @name "ns/net", or /proc/PID/ns with @name "net"
 *
 * Needs PTRACE_MODE_READ on the process.
 * Return: an owned descriptor, or -errno: -EACCES, -ENOENT where the kernel lacks the type or the
 * process is a zombie, -ESRCH where it has been reaped.
 */
int nsfd_open_link(int dirfd, const char *name);

/*
 * nsfd_open_file() - open a FILE that a user gave as a namespace
 * @path:   as typed; a bind mount of a namespace or a link below /proc/PID/ns
 * @want:   the type that it must have
 * @ret_fd: owned by the caller
 *
 * Nothing is opened before it is known to be a namespace: opening a FIFO would hang and opening a
 * device can have effects (CVE-2018-6556). The type check needs Linux 4.11.
 * Return: 0, or a negative errno with @err filled.
 */
int nsfd_open_file(const char *path, enum ns_type want, int *ret_fd, struct error *err);

/*
 * nsfd_open_by_id() - open a namespace by the number that names it alone (":NSID")
 * @want:   the type that it must have
 * @nsid:   as the NS_GET_ID ioctl tells it
 * @ret_fd: owned by the caller
 *
 * Needs Linux 6.19: 6.18 hands out ids, but opens by id and inode together only.
 * Return: 0, or a negative errno with @err filled.
 */
int nsfd_open_by_id(enum ns_type want, uint64_t nsid, int *ret_fd, struct error *err);

/* nsfd_is_nsfs() - whether an open file, also one of O_PATH, is a namespace or its mount */
bool nsfd_is_nsfs(int fd);

/* nsfd_inode() - the number in "net:[4026531840]". Return: 0 or -errno. */
int nsfd_inode(int fd, uint64_t *ret_inode);

/* nsfd_id() - NS_GET_ID, since Linux 6.18. Return: 0, -ENOTTY before, or another -errno. */
int nsfd_id(int fd, uint64_t *ret_nsid);

/*
 * nsfd_type() - NS_GET_NSTYPE, since Linux 4.11
 *
 * Return: 0, -ENOTTY where @fd is no namespace (or the kernel is older), -EPROTONOSUPPORT where it
 * is of a type that ns_table does not have.
 */
int nsfd_type(int fd, enum ns_type *ret_type);

/*
 * nsfd_open_owner() - the user namespace that owns a namespace: NS_GET_USERNS, since Linux 4.9
 *
 * The owner of a user namespace is its parent.
 * Return: an owned descriptor, or -errno: -EPERM where the owner is neither ours nor below ours.
 */
int nsfd_open_owner(int fd);

/* nsfd_owner_inode() - the same as a number. Return: 0, or as nsfd_open_owner(). */
int nsfd_owner_inode(int fd, uint64_t *ret_inode);

/*
 * nsfd_open_parent() - the parent of a user or pid namespace: NS_GET_PARENT, since Linux 4.9
 *
 * Return: an owned descriptor, or -errno: -EPERM where the parent is outside of ours (and for the
 * initial namespace, which has none), -EINVAL for the types without parents.
 */
int nsfd_open_parent(int fd);

/*
 * nsfd_owner_uid() - who created a user namespace: NS_GET_OWNER_UID, since Linux 4.11
 * @ret_uid: seen from our user namespace; the overflow id (65534) where it is not mapped there
 *
 * Return: 0, -EINVAL where @fd is not a user namespace, or another -errno.
 */
int nsfd_owner_uid(int fd, uint32_t *ret_uid);

/*
 * nsfd_of_socket() - the network namespace that a socket was made in: SIOCGSKNS, since Linux 4.10
 *
 * Needs CAP_NET_ADMIN over that network namespace.
 * Return: an owned descriptor, or -errno: -ENOTTY where @sockfd is not a socket, -EPERM.
 */
int nsfd_of_socket(int sockfd);
