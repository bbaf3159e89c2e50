/* SPDX-License-Identifier: MIT */
/* Lists of what the runtimes' state tells, and what is looked for in them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "find/runtime.h"
#include "util/macro.h"

int known_list_add_consume(struct known_list *list, struct known *known)
{
	if (list->n == list->size) {
		size_t size = MAX(list->size * 2, (size_t)8);
		struct known *more = reallocarray(list->item, size, sizeof(*more));

		if (!more) {
			known_done(known);
			return -ENOMEM;
		}
		list->item = more;
		list->size = size;
	}
	list->item[list->n++] = *known;
	*known = (struct known){ 0 };
	return 0;
}

void known_done(struct known *known)
{
	free(known->id);
	free(known->name);
	free(known->pod);
	free(known->pod_namespace);
	free(known->container);
	free(known->image);
	for (enum ns_type t = 0; t < NS_COUNT; t++)
		free(known->pinned[t]);
	free(known->state_root);
	free(known->cgroup);
	*known = (struct known){ 0 };
}

void known_list_done(struct known_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		known_done(&list->item[i]);
	free(list->item);
	*list = (struct known_list){ 0 };
}

bool known_filter_takes_id(const struct known_filter *filter, const char *id)
{
	return !filter->prefix || strncmp(id, filter->prefix, strlen(filter->prefix)) == 0;
}

bool known_filter_takes(const struct known_filter *filter, uid_t owner, const char *id,
			const char *name)
{
	if (filter->owner ? owner != *filter->owner : owner != 0 && owner != geteuid())
		return false;
	if (filter->pod || filter->pod_namespace || filter->container)
		return false;
	if (!known_filter_takes_id(filter, id))
		return false;
	return !filter->name || strcmp(filter->name, id) == 0 || strcmp(filter->name, name) == 0;
}
