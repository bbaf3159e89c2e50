/* SPDX-License-Identifier: MIT */
/*
 * The links on the way to another user's files that only root can have made: "/home" leads to
 * "/var/home" on some systems. None that the user himself may have put there is followed.
 */
#pragma once

/*
 * rootlinks_follow() - the same path without links in directories that nobody but root may change
 * @root_fd: where the path begins, and which it does not leave
 * @path:    absolute; its last component is not looked at, nor what is below another's directory
 *
 * Return: 1 with *ret_path, heap; 0 where there is no such link; or a negative errno.
 */
int rootlinks_follow(int root_fd, const char *path, char **ret_path);
