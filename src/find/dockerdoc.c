/* SPDX-License-Identifier: MIT */
#include "find/dockerdoc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "find/find.h"
#include "find/state.h"
#include "sys/jsondoc.h"
#include "util/fd.h"
#include "util/jsonpeek.h"
#include "util/macro.h"
#include "util/parse.h"

int dockerdoc_load(struct dockerdoc_text *doc, int dir_fd, const char *id, const char *file)
{
	char path[FIND_ID_MAX + sizeof("/hostconfig.json")];
	_cleanup_fd_ int fd = -EBADF;

	(void)snprintf(path, sizeof(path), "%s/%s", id, file); /* fits: 64 digits, names of ours */
	/* Without O_NONBLOCK a FIFO would hold us for ever. */
	fd = openat(dir_fd, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	doc->n = 0;
	for (;;) {
		ssize_t n;

		if (doc->n == doc->size) {
			size_t size = doc->size ? doc->size * 2 : 16384;
			char *more;

			if (size > STATE_FILE_MAX)
				return -EFBIG;
			more = realloc(doc->text, size);
			if (!more)
				return -ENOMEM;
			doc->text = more;
			doc->size = size;
		}
		n = read(fd, doc->text + doc->n, doc->size - doc->n);
		if (n < 0)
			return -errno;
		doc->n += (size_t)n;
		/* A regular file that fills less than was asked for has ended. */
		if (doc->n < doc->size)
			return 0;
	}
}

/* What a document says, as pieces of it. */
struct pieces {
	const char *id, *name, *image; /* image: or NULL */
	size_t id_n, name_n, image_n;
};

/* Copies of them. Return: 1, 0 where it is no container's, or -ENOMEM. */
static int fill(struct dockerdoc *doc, const struct pieces *p)
{
	if (!p->id || !p->name || p->name_n == 0 || p->name[0] != '/')
		return 0;
	doc->id = strndup(p->id, p->id_n);
	doc->name = strndup(p->name + 1, p->name_n - 1);
	doc->image = p->image_n > 0 ? strndup(p->image, p->image_n) : NULL;
	if (doc->id && doc->name && (doc->image || p->image_n == 0))
		return 1;
	dockerdoc_done(doc);
	return -ENOMEM;
}

static const char *string_of(const struct jsonpeek *want, size_t *ret_n)
{
	if (want->kind != JSONPEEK_STRING)
		return NULL;
	*ret_n = want->n;
	return want->at;
}

/* Return: as dockerdoc_read(), and -EAGAIN where it has to be parsed. */
static int peek(const char *text, size_t n, struct dockerdoc *doc)
{
	enum {
		ID,
		NAME,
		IMAGE,
		RUNNING,
		PID,
		COUNT
	};
	struct jsonpeek want[COUNT] = {
		[ID] = { .path = "ID" },
		[NAME] = { .path = "Name" },
		[IMAGE] = { .path = "Config/Image" },
		[RUNNING] = { .path = "State/Running" },
		[PID] = { .path = "State/Pid" },
	};
	char digits[sizeof("2147483647")] = "";
	struct pieces p = { .id = NULL };

	if (!jsonpeek_read(text, n, want, COUNT) || want[PID].n >= sizeof(digits))
		return -EAGAIN;
	p.id = string_of(&want[ID], &p.id_n);
	p.name = string_of(&want[NAME], &p.name_n);
	p.image = string_of(&want[IMAGE], &p.image_n);
	if (want[PID].kind == JSONPEEK_NUMBER)
		memcpy(digits, want[PID].at, want[PID].n);
	doc->running = want[RUNNING].kind == JSONPEEK_BOOL && *want[RUNNING].at == 't';
	if (doc->running && parse_pid(digits, &doc->pid) < 0)
		doc->pid = 0;
	return fill(doc, &p);
}

/* The same by the parser. Return: as dockerdoc_read(). */
static int parse(const char *text, size_t n, struct dockerdoc *doc, struct error *err)
{
	_cleanup_jsondoc_ struct jsondoc json = { NULL };
	struct pieces p;
	int64_t pid = 0;
	int r = state_parse(text, n, &json, err);

	if (r <= 0)
		return r;
	p = (struct pieces){
		.id = jsondoc_string(&json, "ID"),
		.name = jsondoc_string(&json, "Name"),
		.image = jsondoc_string(&json, "Config/Image"),
	};
	p.id_n = p.id ? strlen(p.id) : 0;
	p.name_n = p.name ? strlen(p.name) : 0;
	p.image_n = p.image ? strlen(p.image) : 0;
	(void)jsondoc_bool(&json, "State/Running", &doc->running); /* absent: not running */
	if (doc->running && jsondoc_int(&json, "State/Pid", &pid) == 0 && pid > 0 && pid <= INT_MAX)
		doc->pid = (pid_t)pid;
	r = fill(doc, &p);
	return r < 0 ? state_no_memory(err) : r;
}

int dockerdoc_read(const char *text, size_t n, struct dockerdoc *ret_doc, struct error *err)
{
	struct dockerdoc doc = { .id = NULL };
	int r = peek(text, n, &doc);

	if (r == -EAGAIN)
		r = parse(text, n, &doc, err);
	else if (r == -ENOMEM)
		r = state_no_memory(err);
	if (r > 0)
		*ret_doc = doc;
	return r;
}

void dockerdoc_done(struct dockerdoc *doc)
{
	free(doc->id);
	free(doc->name);
	free(doc->image);
	*doc = (struct dockerdoc){ .pid = 0 };
}
