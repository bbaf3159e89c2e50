/* SPDX-License-Identifier: MIT */
#include "find/spec.h"

#include <stdio.h>
#include <string.h>

#include "find/find.h"
#include "util/macro.h"
#include "util/parse.h"

enum word_form {
	WORD_HEX,  /* an id or its beginning */
	WORD_NAME, /* anything that a file can be called */
	WORD_PATH, /* a path, of a file or of names */
};

struct scheme {
	const char *name; /* what stands before the colon; "@" has none */
	enum spec_kind kind;
	enum word_form form;
	bool users; /* "USER/NAME" is a container of that user's own */
};

/* clang-format off */
static const struct scheme schemes[] = {
	{ "id",           SPEC_ID,      WORD_HEX, false },
	{ "@",            SPEC_PIDFILE, WORD_PATH, false },
	{ "cgroup",       SPEC_CGROUP,  WORD_PATH, false },
	{ "comm",         SPEC_COMM,    WORD_NAME, false },
	{ "pod",          SPEC_POD,     WORD_PATH, false },

	{ "docker",       SPEC_KIND, WORD_PATH, true },
	{ "podman",       SPEC_KIND, WORD_PATH, true },
	{ "cri",          SPEC_KIND, WORD_PATH, false },
	{ "k8s",          SPEC_KIND, WORD_PATH, false },
	{ "containerd",   SPEC_KIND, WORD_PATH, false },
	{ "nerdctl",      SPEC_KIND, WORD_PATH, false },
	{ "crio",         SPEC_KIND, WORD_PATH, false },
	{ "cri-o",        SPEC_KIND, WORD_PATH, false },
	{ "lxc",          SPEC_KIND, WORD_PATH, true },
	{ "lxd",          SPEC_KIND, WORD_PATH, false },
	{ "incus",        SPEC_KIND, WORD_PATH, false },
	{ "machine",      SPEC_KIND, WORD_NAME, false },
	{ "nspawn",       SPEC_KIND, WORD_NAME, false },
	{ "libvirt-lxc",  SPEC_KIND, WORD_NAME, false },
	{ "unit",         SPEC_UNIT, WORD_PATH, false },
	{ "oci",          SPEC_KIND, WORD_PATH, true },
	{ "runc",         SPEC_KIND, WORD_PATH, true },
	{ "crun",         SPEC_KIND, WORD_PATH, true },
	{ "buildkit",     SPEC_KIND, WORD_NAME, false },
	{ "ecs",          SPEC_KIND, WORD_NAME, false },
	{ "nomad",        SPEC_KIND, WORD_NAME, false },
	{ "garden",       SPEC_KIND, WORD_NAME, false },
	{ "kata",         SPEC_KIND, WORD_NAME, false },
};
/* clang-format on */

static const char known_kinds[] = "PID, PID:INODE, NAME, ID, docker:NAME, podman:NAME, cri:ID, "
				  "containerd:NAME, crio:NAME, lxc:NAME, machine:NAME, unit:NAME, "
				  "pod:NAMESPACE/POD, id:HEX, cgroup:PATH, comm:NAME, @PIDFILE, "
				  "host";

static int refuse(struct error *err, const char *text, const char *reason)
{
	/* A long TARGET would bury the reason. */
	return error_set(err, ERROR_USAGE, 0, "target \"%.64s%s\": %s", text,
			 strlen(text) > 64 ? "..." : "", reason);
}

static int check_word(const struct spec *spec, enum word_form form, struct error *err)
{
	size_t n = strlen(spec->word);

	if (n == 0)
		return refuse(err, spec->text, "nothing follows the kind");
	/* Names of containers end at 255 bytes, what a file can be called at PATH_MAX. */
	if (n > (form == WORD_PATH ? PATH_MAX - 1 : NAME_MAX))
		return refuse(err, spec->text, "too long to be the name of anything");
	if (form != WORD_HEX)
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

/* A part of a path of names. Return: whether it is a name at all. */
static bool copy_part(char *ret_part, const char *at, size_t n)
{
	if (n == 0 || n > NAME_MAX || (n <= 2 && strncmp(at, "..", n) == 0))
		return false;
	memcpy(ret_part, at, n);
	ret_part[n] = '\0';
	return true;
}

/* [NAMESPACE/]POD[/CONTAINER]. Return: whether it has that form. */
static bool split_pod(const char *word, struct spec *spec)
{
	const char *first = strchr(word, '/');
	const char *second = first ? strchr(first + 1, '/') : NULL;

	if (!first)
		return copy_part(spec->pod, word, strlen(word));
	if (!second) {
		spec->two_parts = true;
		return copy_part(spec->pod_namespace, word, (size_t)(first - word)) &&
		       copy_part(spec->pod, first + 1, strlen(first + 1));
	}
	return !strchr(second + 1, '/') &&
	       copy_part(spec->pod_namespace, word, (size_t)(first - word)) &&
	       copy_part(spec->pod, first + 1, (size_t)(second - first - 1)) &&
	       copy_part(spec->container, second + 1, strlen(second + 1));
}

static int split_word(struct spec *spec, bool users, struct error *err)
{
	const char *slash = strchr(spec->word, '/');

	if (spec->kind == SPEC_POD && !split_pod(spec->word, spec))
		return refuse(err, spec->text, "a pod is [NAMESPACE/]POD[/CONTAINER]");
	if (users && slash) {
		if (!copy_part(spec->user, spec->word, (size_t)(slash - spec->word)) || !slash[1])
			return refuse(err, spec->text, "a user's container is USER/NAME");
		spec->word = slash + 1;
	} else if (spec->kind == SPEC_WORD || spec->kind == SPEC_KIND) {
		(void)split_pod(spec->word, spec); /* other names have slashes, too */
	}
	return 0;
}

/* How much of a TARGET is the scheme. Return: 0 where it is another one. */
static size_t scheme_length(const struct scheme *scheme, const char *text)
{
	size_t n = strlen(scheme->name);

	if (strncmp(text, scheme->name, n) != 0)
		return 0;
	if (scheme->kind == SPEC_PIDFILE)
		return n;
	return text[n] == ':' ? n + 1 : 0;
}

static const struct scheme *find_scheme(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
		if (scheme_length(&schemes[i], text) > 0)
			return &schemes[i];
	return NULL;
}

/* "docker:X", "docker://X". Return: 0, or a negative errno with @err filled. */
static int parse_scheme(const struct scheme *scheme, struct spec *spec, struct error *err)
{
	enum word_form form = scheme->form;
	int r;

	spec->kind = scheme->kind;
	spec->word = spec->text + scheme_length(scheme, spec->text);
	if (scheme->kind == SPEC_KIND) {
		spec->runtime = scheme->name;
		if (strncmp(spec->word, "//", 2) == 0) {
			spec->kind = SPEC_KIND_ID;
			spec->word += 2;
			form = WORD_HEX;
		}
	}
	r = check_word(spec, form, err);
	if (r < 0 && spec->kind == SPEC_KIND_ID && *spec->word && !parse_hex(spec->word, 0))
		error_hint(err, "a name goes without the slashes: %s:%.64s", scheme->name,
			   spec->word);
	return r < 0 ? r : split_word(spec, scheme->users, err);
}

int spec_parse(const char *text, struct spec *ret_spec, struct error *err)
{
	struct spec spec = { .kind = SPEC_WORD, .text = text, .word = text };
	const struct scheme *scheme = find_scheme(text);
	size_t digits = strspn(text, "0123456789");
	int r;

	if (!*text)
		return error_set(err, ERROR_USAGE, 0, "target \"\": it is empty");
	if (!text[digits])
		r = parse_number(&spec, err);
	else if (digits > 0 && text[digits] == ':')
		r = parse_pid_inode(&spec, digits, err);
	else if (scheme)
		r = parse_scheme(scheme, &spec, err);
	else if (strchr(text, ':'))
		r = parse_unknown_scheme(&spec, err);
	else
		r = check_word(&spec, WORD_PATH, err);
	if (r < 0)
		return r;
	if (strcmp(text, "host") == 0)
		spec.kind = SPEC_HOST;
	else if (spec.kind == SPEC_WORD)
		r = split_word(&spec, false, err);
	if (r < 0)
		return r;
	*ret_spec = spec;
	return 0;
}
