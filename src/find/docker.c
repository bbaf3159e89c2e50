/* SPDX-License-Identifier: MIT */
#include "find/docker.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/jsondoc.h"
#include "util/fd.h"
#include "util/macro.h"
#include "util/parse.h"

static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "0123456789_.-";

bool docker_is_name(const char *text)
{
	return text[0] && !strchr("_.-", text[0]) && text[strspn(text, letters)] == '\0';
}

/* State that an ordinary user could have written is no state of a root daemon. */
static bool is_trusted(const struct stat *st)
{
	return (st->st_uid == 0 || st->st_uid == geteuid()) && !(st->st_mode & S_IWOTH);
}

/* The text of a container's document, in a buffer that is kept from one to the next. */
struct document {
	char *text; /* heap */
	size_t size;
	size_t n;
};

static int document_read(struct document *doc, int dir_fd, const char *id)
{
	char path[FIND_ID_MAX + sizeof("/config.v2.json")];
	_cleanup_fd_ int fd = -EBADF;

	(void)snprintf(path, sizeof(path), "%s/config.v2.json", id); /* fits: 64 digits */
	/* Without O_NONBLOCK a FIFO would hold us for ever. */
	fd = openat(dir_fd, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	doc->n = 0;
	for (;;) {
		ssize_t n;

		if (doc->n == doc->size) {
			size_t size = doc->size ? doc->size * 2 : 16384;
			char *more;

			if (size > JSONDOC_SIZE_MAX)
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

static bool document_has(const struct document *doc, const char *quoted)
{
	return memmem(doc->text, doc->n, quoted, strlen(quoted)) != NULL;
}

static int list_add(struct docker_list *list, const struct docker_container *c)
{
	if (list->n == list->size) {
		size_t size = list->size ? list->size * 2 : 8;
		struct docker_container *more = reallocarray(list->item, size, sizeof(*more));

		if (!more)
			return -ENOMEM;
		list->item = more;
		list->size = size;
	}
	list->item[list->n++] = *c;
	return 0;
}

/* What is looked for below one root. */
struct finder {
	const char *name;    /* or NULL: any */
	char *quoted;	     /* the name as it stands in a document that has it; heap or NULL */
	struct document doc; /* the last one that was read */
	struct docker_list *list; /* borrowed */
};

static int finder_start(struct finder *f, struct error *err)
{
	if (f->name && asprintf(&f->quoted, "\"/%s\"", f->name) < 0) {
		f->quoted = NULL;
		return error_set(err, ERROR_SYSTEM, ENOMEM, "look for a container's name");
	}
	return 0;
}

static void finder_done(struct finder *f)
{
	free(f->quoted);
	free(f->doc.text);
}

/* What became of one container; negative errnos beside these. */
enum {
	NOT_WANTED,
	ADDED,
	NOT_THERE
};

static int add_parsed(struct finder *f, const char *id, struct error *err)
{
	_cleanup_jsondoc_ struct jsondoc json = { NULL };
	struct docker_container c = { .pid = 0 };
	const char *name, *own_id;
	int64_t pid = 0;
	bool running = false;
	int r = jsondoc_parse(f->doc.text, f->doc.n, &json, err);

	if (r == -EBADMSG || r == -EFBIG) {
		if (err)
			error_done(err);
		return NOT_WANTED; /* damaged */
	}
	if (r < 0)
		return r;
	name = jsondoc_string(&json, "Name");
	own_id = jsondoc_string(&json, "ID");
	if (!name || name[0] != '/' || !own_id || strcmp(own_id, id) != 0 ||
	    (f->name && strcmp(name + 1, f->name) != 0))
		return NOT_WANTED;
	(void)jsondoc_bool(&json, "State/Running", &running); /* absent: not running */
	if (running && jsondoc_int(&json, "State/Pid", &pid) == 0 && pid > 0 && pid <= INT_MAX)
		c.pid = (pid_t)pid;
	memcpy(c.id, id, FIND_ID_MAX + 1);
	c.name = strdup(name + 1);
	if (!c.name || list_add(f->list, &c) < 0) {
		free(c.name);
		return error_set(err, ERROR_SYSTEM, ENOMEM, "list containers");
	}
	return ADDED;
}

static int add_one(int dir_fd, const char *id, struct finder *f, struct error *err)
{
	struct stat st;

	if (document_read(&f->doc, dir_fd, id) < 0)
		return NOT_THERE; /* or removed meanwhile */
	if (f->quoted && !document_has(&f->doc, f->quoted))
		return NOT_WANTED;
	if (fstatat(dir_fd, id, &st, AT_SYMLINK_NOFOLLOW) < 0 || !is_trusted(&st))
		return NOT_WANTED;
	return add_parsed(f, id, err);
}

static int add_all(DIR *dir, const char *prefix, struct finder *f, struct error *err)
{
	struct dirent *entry;
	int r = 0;

	while (r >= 0 && (entry = readdir(dir))) {
		const char *id = entry->d_name;

		if (strlen(id) != FIND_ID_MAX || !parse_hex(id, FIND_ID_MAX) ||
		    (prefix && strncmp(id, prefix, strlen(prefix)) != 0))
			continue;
		r = add_one(dirfd(dir), id, f, err);
		/* A daemon gives each name once. */
		if (r == ADDED && f->name)
			break;
	}
	return r < 0 ? r : 0;
}

static int open_containers(const char *root, int *ret_fd, struct error *err)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_fd_ int fd = -EBADF;
	struct stat st;

	if (asprintf(&path, "%s/containers", root) < 0) {
		path = NULL;
		return error_set(err, ERROR_SYSTEM, ENOMEM, "look for containers");
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == EACCES ? -EACCES : -ENOENT;
	if (fstat(fd, &st) < 0 || !is_trusted(&st))
		return -ENOENT;
	*ret_fd = fd_steal(&fd);
	return 0;
}

int docker_list_add(const char *root, const struct docker_filter *filter, struct docker_list *list,
		    struct error *err)
{
	struct finder finder = { .name = filter->name, .list = list };
	_cleanup_fd_ int fd = -EBADF;
	DIR *dir;
	int r = open_containers(root, &fd, err);

	if (r < 0)
		return r;
	dir = fdopendir(fd);
	if (!dir)
		return error_set(err, ERROR_SYSTEM, errno, "read \"%s/containers\"", root);
	(void)fd_steal(&fd); /* closedir() closes it */
	r = finder_start(&finder, err);
	if (r == 0)
		r = add_all(dir, filter->prefix, &finder, err);
	finder_done(&finder);
	(void)closedir(dir); /* it was only read */
	return r;
}

int docker_list_one(const char *root, const char *id, const char *name, struct docker_list *list,
		    struct error *err)
{
	struct finder finder = { .name = name, .list = list };
	_cleanup_fd_ int fd = -EBADF;
	int r = open_containers(root, &fd, err);

	if (r < 0)
		return r == -EACCES || r == -ENOENT ? 0 : r;
	r = finder_start(&finder, err);
	if (r == 0)
		r = add_one(fd, id, &finder, err);
	finder_done(&finder);
	return r < 0 ? r : r != NOT_THERE;
}

bool docker_has(const char *root, const char *id)
{
	_cleanup_free_ char *path = NULL;

	if (asprintf(&path, "%s/containers/%s", root, id) < 0) {
		path = NULL;
		return false;
	}
	return access(path, F_OK) == 0;
}

void docker_list_done(struct docker_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->item[i].name);
	free(list->item);
	*list = (struct docker_list){ 0 };
}
