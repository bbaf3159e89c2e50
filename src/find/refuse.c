/* SPDX-License-Identifier: MIT */
/* What a search that found nothing, or too much, tells the user. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "find/confined.h"
#include "find/search.h"
#include "find/userdir.h"
#include "util/escape.h"
#include "util/fd.h"
#include "util/macro.h"
#include "util/text.h"

static void list_candidates(const struct search *s, struct error *err)
{
	_cleanup_text_ struct text text = { 0 };

	for (size_t i = 0; i < s->candidates.n; i++) {
		const struct candidate *c = &s->candidates.item[i];
		_cleanup_free_ char *target = NULL;

		if (!search_may_take(s, c))
			continue;
		target = candidate_target(s->host, &s->candidates, c);
		if (target)
			text_add(&text, "%s  %s%s  pid %d\n", target,
				 c->known.name ? c->known.name : "-",
				 c->known.sandbox ? " (pod)" : "", c->init.pid);
	}
	err->detail = text_take(&text); /* without memory the message has to do */
}

int search_refuse_several(const struct search *s, const char *what, size_t n, const char *of,
			  struct error *err)
{
	int r = error_set(err, ERROR_TARGET_AMBIGUOUS, 0, "\"%s\" is %s of %zu %s", s->spec->text,
			  what, n, of);

	error_hint(err, "type one of them as it is listed, or more digits of its id");
	if (err)
		list_candidates(s, err);
	return r;
}

int search_refuse_ambiguous(const struct search *s, const char *what, struct error *err)
{
	struct candidate *one;

	return search_refuse_several(s, what, search_running(s, &one), "containers", err);
}

static const struct candidate *first(const struct search *s, bool (*is)(const struct candidate *c))
{
	for (size_t i = 0; i < s->candidates.n; i++)
		if (is(&s->candidates.item[i]) && search_is_wanted(s, &s->candidates.item[i]))
			return &s->candidates.item[i];
	return NULL;
}

static bool is_stopped(const struct candidate *c)
{
	return c->known.runtime && !candidate_runs(c);
}

static bool is_distrusted(const struct candidate *c)
{
	return c->distrust != DISTRUST_NONE && !candidate_runs(c);
}

static bool is_refused(const struct candidate *c)
{
	return c->known.refuse != NULL;
}

static bool is_anothers(const struct candidate *c)
{
	return c->known.owner != 0 && c->known.owner != geteuid();
}

static int refuse_distrusted(const struct search *s, const struct candidate *c, struct error *err)
{
	const char *text = s->spec->text;

	switch (c->distrust) {
	case DISTRUST_NONE:
		break;
	case DISTRUST_OWNER:
		(void)error_set(err, ERROR_TARGET_NOT_FOUND, 0,
				"no container \"%s\": the cgroup of that name is owned by uid %u",
				text, c->owner);
		break;
	case DISTRUST_USER_SLICE:
		(void)error_set(
			err, ERROR_TARGET_NOT_FOUND, 0,
			"no container \"%s\": the cgroup of that name is in a user's session",
			text);
		break;
	case DISTRUST_NESTED:
		(void)error_set(err, ERROR_TARGET_NOT_FOUND, 0,
				"no container \"%s\": the cgroup of that name is within another "
				"container",
				text);
		if (c->within && escape_is_word(c->within))
			error_hint(err, "nsjoin -t %s enters that one", c->within);
		break;
	}
	error_hint(err, "if it is what you want, type the number of a process in it");
	return -EPERM;
}

static int refuse_anothers(const struct search *s, const struct candidate *c, struct error *err)
{
	_cleanup_free_ char *user = userdir_name(s->host, c->known.owner);
	/* That one writes down himself what it is called. */
	const char *name =
		c->known.name && escape_is_word(c->known.name) ? c->known.name : c->known.id;

	(void)error_set(err, ERROR_TARGET_NOT_FOUND, 0,
			"container \"%s\" is owned by uid %u: root has to spell it out",
			s->spec->text, c->known.owner);
	if (user && candidate_runs(c))
		error_hint(err, "nsjoin -t %s:%s/%s", candidate_runtime(c), user, name);
	return -EPERM;
}

int search_refuse_stopped(const struct search *s, struct error *err)
{
	const struct candidate *c = first(s, is_stopped);
	const char *name = c && c->known.name ? c->known.name : s->spec->word;

	(void)error_set(err, ERROR_TARGET_NOT_FOUND, 0,
			"container \"%s\" exists but is not running", name);
	return -ESRCH;
}

/* " 1", "+1", "-1", "0x1": what the C library would take for a number. */
static bool is_like_number(const char *word)
{
	const char *digits = "0123456789";
	size_t n;

	word += strspn(word, " \t\n");
	word += *word == '+' || *word == '-';
	if (word[0] == '0' && (word[1] == 'x' || word[1] == 'X')) {
		digits = "0123456789abcdefABCDEF";
		word += 2;
	}
	n = strspn(word, digits);
	return n > 0 && word[n + strspn(word + n, " \t\n")] == '\0';
}

static int refuse_unreadable(const struct search *s, struct error *err)
{
	_cleanup_text_ struct text names = { 0 };

	for (size_t i = 0; i < s->unreadable.n; i++)
		text_add(&names, "%s%s", i > 0 ? ", " : "", s->unreadable.item[i]);
	(void)error_set(err, ERROR_PERMISSION, 0,
			"no container \"%s\" that you can see: the names of %s are readable by "
			"root only",
			s->spec->text, names.buf ? names.buf : "some runtimes");
	error_hint(err, "run nsjoin as root, or type the container's id");
	return -EACCES;
}

static bool hint_confined(const struct search *s, struct error *err)
{
	_cleanup_lsm_label_ struct lsm_label own = { 0 };

	if (!confined_by(s->host, &own))
		return false;
	error_hint(err,
		   "your own label, \"%s\", forbids to look into other processes: run without it",
		   own.label);
	return true;
}

int search_refuse(struct search *s, struct error *err)
{
	const struct candidate *c = first(s, is_refused);

	if (c)
		return error_set(err, ERROR_TARGET_NOT_FOUND, 0,
				 "container \"%s\" cannot be entered: %s", s->spec->text,
				 c->known.refuse);
	c = first(s, is_anothers);
	if (c && !s->scope.owner)
		return refuse_anothers(s, c, err);
	c = first(s, is_distrusted);
	if (c)
		return refuse_distrusted(s, c, err);
	if (first(s, is_stopped))
		return search_refuse_stopped(s, err);
	if (s->unreadable.n > 0)
		return refuse_unreadable(s, err);
	(void)error_set(err, ERROR_TARGET_NOT_FOUND, 0, "no container or process \"%s\"",
			s->spec->text);
	if (is_like_number(s->spec->word))
		error_hint(err, "the number of a process is typed in plain digits");
	else if (!hint_confined(s, err))
		search_hint_nearby(s, err);
	return -ESRCH;
}
