/* SPDX-License-Identifier: MIT */
#include "find/owner.h"

#include <errno.h>
#include <string.h>

#include "find/userdir.h"
#include "util/macro.h"

int owner_split(const struct hostfs *host, const char *word, uid_t *ret_uid, const char **ret_rest)
{
	const char *slash = strchr(word, '/');
	_cleanup_free_ char *user = NULL;
	int r;

	if (!slash || slash == word || !slash[1])
		return 0;
	user = strndup(word, (size_t)(slash - word));
	if (!user)
		return -ENOMEM;
	r = userdir_uid(host, user, ret_uid);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	*ret_rest = slash + 1;
	return 1;
}
