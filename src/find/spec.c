/* SPDX-License-Identifier: MIT */
#include "find/spec.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "find/find.h"
#include "util/macro.h"
#include "util/parse.h"

enum word_kind {
	WORD_HEX,  /* an id or its beginning */
	WORD_NAME, /* anything */
};

struct scheme {
	const char *prefix;
	enum spec_kind kind;
	enum word_kind word;
};

/* The longer of two prefixes that begin alike comes first. */
static const struct scheme schemes[] = {
	{ "docker://", SPEC_DOCKER_ID, WORD_HEX },
	{ "docker:", SPEC_DOCKER, WORD_NAME },
	{ "id:", SPEC_ID, WORD_HEX },
	{ "@", SPEC_PIDFILE, WORD_NAME },
};

static const char known_kinds[] = "PID, PID:INODE, NAME, ID, docker:NAME, id:HEX, @PIDFILE, host";

static int refuse(struct error *err, const char *text, const char *reason)
{
	/* A long TARGET would bury the reason. */
	return error_set(err, ERROR_USAGE, 0, "target \"%.64s%s\": %s", text,
			 strlen(text) > 64 ? "..." : "", reason);
}

static int check_word(const struct spec *spec, enum word_kind kind, struct error *err)
{
	size_t n = strlen(spec->word);

	if (n == 0)
		return refuse(err, spec->text, "nothing follows the kind");
	/* Names of containers end at 255 bytes, what a file can be called at PATH_MAX. */
	if (n > (spec->kind == SPEC_PIDFILE ? PATH_MAX - 1 : NAME_MAX))
		return refuse(err, spec->text, "too long to be the name of anything");
	if (kind == WORD_NAME)
		return 0;
	if (!parse_hex(spec->word, 0))
		return refuse(err, spec->text, "an id has lower case hex digits only");
	if (n < SPEC_PREFIX_MIN)
		return refuse(err, spec->text, "at least 4 digits of an id are needed");
	if (n > FIND_ID_MAX)
		return refuse(err, spec->text, "no id has more than 64 digits");
	return 0;
}

static int parse_number(struct spec *spec, struct error *err)
{
	uint64_t pid;

	/* Past what fits the number is no pid, but may be the beginning of an id. */
	if (parse_uint64(spec->text, INT_MAX, &pid) < 0)
		pid = 0;
	else if (pid == 0)
		return refuse(err, spec->text, "process numbers begin at 1");
	spec->kind = SPEC_PID;
	spec->pid = (pid_t)pid;
	return check_word(spec, WORD_NAME, err);
}

static int parse_pid_inode(struct spec *spec, size_t digits, struct error *err)
{
	uint64_t pid = 0;

	if (!spec->text[digits + 1])
		return refuse(err, spec->text, "no inode number follows the colon");
	if (parse_uint64(spec->text + digits + 1, UINT64_MAX, &spec->inode) < 0)
		return refuse(err, spec->text, "the inode after the colon is not a plain number");
	for (size_t i = 0; i < digits && pid <= INT_MAX; i++)
		pid = pid * 10 + (uint64_t)(spec->text[i] - '0');
	if (pid == 0 || pid > INT_MAX)
		return refuse(err, spec->text,
			      "what stands before the colon is not a process number");
	spec->kind = SPEC_PID_INODE;
	spec->pid = (pid_t)pid;
	return 0;
}

static int parse_unknown_scheme(const struct spec *spec, struct error *err)
{
	int r = refuse(err, spec->text, "not a known kind of target");

	error_hint(err, "known are %s", known_kinds);
	return r;
}

int spec_parse(const char *text, struct spec *ret_spec, struct error *err)
{
	struct spec spec = { .kind = SPEC_WORD, .text = text, .word = text };
	size_t digits = strspn(text, "0123456789");
	int r = 0;

	if (!*text)
		return error_set(err, ERROR_USAGE, 0, "target \"\": it is empty");
	if (!text[digits]) {
		r = parse_number(&spec, err);
	} else if (digits > 0 && text[digits] == ':') {
		r = parse_pid_inode(&spec, digits, err);
	} else if (strcmp(text, "host") == 0) {
		spec.kind = SPEC_HOST;
	} else {
		const struct scheme *found = NULL;

		for (size_t i = 0; i < ARRAY_SIZE(schemes) && !found; i++)
			if (strncmp(text, schemes[i].prefix, strlen(schemes[i].prefix)) == 0)
				found = &schemes[i];
		if (found) {
			spec.kind = found->kind;
			spec.word = text + strlen(found->prefix);
		} else if (strchr(text, ':')) {
			return parse_unknown_scheme(&spec, err);
		}
		r = check_word(&spec, found ? found->word : WORD_NAME, err);
	}
	if (r < 0)
		return r;
	*ret_spec = spec;
	return 0;
}
