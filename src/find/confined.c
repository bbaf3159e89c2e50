/* SPDX-License-Identifier: MIT */
#include "find/confined.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>

#include "sys/caps.h"
#include "sys/proc.h"
#include "util/fd.h"

bool confined_by(const struct hostfs *host, struct lsm_label *ret_own)
{
	_cleanup_fd_ int self = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_fd_ int init = hostfs_proc(host, 1);
	_cleanup_lsm_label_ struct lsm_label own = { 0 };
	uint64_t inode;

	/* Without the capability it is not the label: each login has one where SELinux is in use. */
	if (self < 0 || init < 0 || !caps_have(CAP_SYS_PTRACE) || lsm_label_read(self, &own) < 0 ||
	    !own.label || proc_ns_inode(init, "ns/mnt", &inode) != -EACCES)
		return false;
	*ret_own = own;
	own = (struct lsm_label){ 0 };
	return true;
}
