/* SPDX-License-Identifier: MIT */
#include "core/request.h"

void request_init(struct request *req)
{
	*req = (struct request){ .net_socket = -1 };
}

bool request_has_namespace(const struct request *req)
{
	return req->all || req->wanted || req->net_socket >= 0 || req->user_parent;
}

void request_settle(struct request *req)
{
	if (request_has_namespace(req))
		return;
	req->become = true;
	req->all = true;
	req->env = true;
	if (req->root.kind == DIR_UNSET)
		req->root.kind = DIR_TARGET;
	if (req->wd.kind == DIR_UNSET && !req->wdns)
		req->wd.kind = DIR_TARGET;
}
