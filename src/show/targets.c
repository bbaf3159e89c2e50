/* SPDX-License-Identifier: MIT */
#include "show/targets.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/proc.h"
#include "util/escape.h"
#include "util/output.h"
#include "util/parse.h"

#define HOST "host"
enum {
	OFFER_MAX = 200
};

struct offer {
	const char *value;	     /* borrowed, both */
	const struct listed *listed; /* NULL: the host itself */
};

/* Whether the name alone would be resolved to this one. */
static bool name_is_enough(const struct listing *listing, const struct listed *listed)
{
	if (!listed->name || parse_digits(listed->name) || strcmp(listed->name, HOST) == 0 ||
	    strchr(listed->name, ':') || *listed->name == '@')
		return false;
	if (strcmp(listed->runtime, "process") == 0 || (listed->user_owned && geteuid() == 0))
		return false;
	for (size_t i = 0; i < listing->n; i++)
		if (&listing->item[i] != listed && listing->item[i].name &&
		    strcmp(listing->item[i].name, listed->name) == 0)
			return false;
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct offer *x = a, *y = b;

	return strcmp(x->value, y->value);
}

static bool fits(const char *value, const char *prefix)
{
	return *value != '-' && escape_is_word(value) &&
	       strncmp(value, prefix, strlen(prefix)) == 0;
}

/* @offer: has room for two of each and one. Return: how many there are, sorted. */
static size_t collect(const struct listing *listing, bool host, const char *prefix,
		      struct offer *offer)
{
	size_t n = 0;

	if (host && fits(HOST, prefix))
		offer[n++] = (struct offer){ HOST, NULL };
	for (size_t i = 0; i < listing->n; i++) {
		const struct listed *listed = &listing->item[i];

		if (listed->refuse)
			continue;
		if (fits(listed->target, prefix))
			offer[n++] = (struct offer){ listed->target, listed };
		if (name_is_enough(listing, listed) && fits(listed->name, prefix) &&
		    strcmp(listed->name, listed->target) != 0)
			offer[n++] = (struct offer){ listed->name, listed };
	}
	qsort(offer, n, sizeof(*offer), compare);
	return n;
}

static void print_offer(const struct offer *offer, struct text *out)
{
	const struct listed *listed = offer->listed;
	bool by_name = listed && listed->name && offer->value == listed->name;
	const char *other;

	text_add(out, "%s\t", offer->value);
	if (!listed) {
		text_add(out, "process 1\n");
		return;
	}
	other = by_name ? listed->target : listed->name;
	text_add_escaped(out, other ? other : listed->runtime);
	text_add(out, "\n");
}

void targets_print(const struct listing *listing, bool host, const char *prefix, struct text *out)
{
	_cleanup_free_ struct offer *offer = calloc(listing->n * 2 + 1, sizeof(*offer));
	size_t n = offer ? collect(listing, host, prefix, offer) : 0;

	for (size_t i = 0; i < n && i < OFFER_MAX; i++)
		print_offer(&offer[i], out);
}

/* Whom the kernel would let join its namespaces; where it would not it is of no use. */
static bool can_enter_host(const struct hostfs *host)
{
	uint64_t inode;

	return proc_ns_inode(host->proc_fd, "1/ns/mnt", &inode) == 0;
}

int targets_run(const struct request *req, char *const words[])
{
	_cleanup_hostfs_ struct hostfs host = HOSTFS_NONE;
	_cleanup_listing_ struct listing listing = { 0 };
	_cleanup_text_ struct text out = { 0 };

	if (hostfs_init(req->host_root, &host, NULL) == 0 &&
	    find_list(&host, false, &listing, NULL) == 0)
		targets_print(&listing, !req->show.patterns && can_enter_host(&host),
			      words[0] ? words[0] : "", &out);
	(void)output_take(&out, NULL); /* whoever asked for it has gone */
	return 0;
}
