/* SPDX-License-Identifier: MIT */
#include "sys/jsondoc.h"

#include <dlfcn.h>
#include <errno.h>
#include <json-c/json.h>

#include "sys/library.h"
#include "util/parse.h"

#ifndef NSJOIN_JSONC_SONAME
#define NSJOIN_JSONC_SONAME "libjson-c.so.5"
#endif

/* The functions of json-c that are used here, under its own types. */
struct jsonc {
	__typeof__(&json_tokener_new_ex) tokener_new_ex;
	__typeof__(&json_tokener_free) tokener_free;
	__typeof__(&json_tokener_set_flags) tokener_set_flags;
	__typeof__(&json_tokener_parse_ex) tokener_parse_ex;
	__typeof__(&json_tokener_get_error) tokener_get_error;
	__typeof__(&json_object_put) object_put;
	__typeof__(&json_object_get_type) object_get_type;
	__typeof__(&json_object_object_get_ex) object_object_get_ex;
	__typeof__(&json_object_get_string) object_get_string;
	__typeof__(&json_object_get_int64) object_get_int64;
	__typeof__(&json_object_get_boolean) object_get_boolean;
	__typeof__(&json_object_array_length) object_array_length;
	__typeof__(&json_object_array_get_idx) object_array_get_idx;
};

struct jsondoc_content {
	struct jsonc c;
	struct json_object *root;
};

/* The library stays loaded: the next document finds it there. */
static int load(struct jsonc *c, struct error *err)
{
	void *lib = dlopen(NSJOIN_JSONC_SONAME, RTLD_LAZY | RTLD_LOCAL);

	if (!lib || !library_symbol(lib, "json_tokener_new_ex", &c->tokener_new_ex) ||
	    !library_symbol(lib, "json_tokener_free", &c->tokener_free) ||
	    !library_symbol(lib, "json_tokener_set_flags", &c->tokener_set_flags) ||
	    !library_symbol(lib, "json_tokener_parse_ex", &c->tokener_parse_ex) ||
	    !library_symbol(lib, "json_tokener_get_error", &c->tokener_get_error) ||
	    !library_symbol(lib, "json_object_put", &c->object_put) ||
	    !library_symbol(lib, "json_object_get_type", &c->object_get_type) ||
	    !library_symbol(lib, "json_object_object_get_ex", &c->object_object_get_ex) ||
	    !library_symbol(lib, "json_object_get_string", &c->object_get_string) ||
	    !library_symbol(lib, "json_object_get_int64", &c->object_get_int64) ||
	    !library_symbol(lib, "json_object_get_boolean", &c->object_get_boolean) ||
	    !library_symbol(lib, "json_object_array_length", &c->object_array_length) ||
	    !library_symbol(lib, "json_object_array_get_idx", &c->object_array_get_idx)) {
		(void)error_set(err, ERROR_SYSTEM, 0, "load %s: %s", NSJOIN_JSONC_SONAME,
				lib ? "it lacks a function that is needed" : "it is not installed");
		error_hint(err,
			   "names of containers are read with json-c: install it, or type the id");
		return -ELIBACC;
	}
	return 0;
}

static int parse(const struct jsonc *c, const char *text, size_t size,
		 struct json_object **ret_root)
{
	struct json_tokener *tok = c->tokener_new_ex(JSONDOC_DEPTH_MAX);
	struct json_object *root;
	enum json_tokener_error status;

	if (!tok)
		return -ENOMEM;
	c->tokener_set_flags(tok, JSON_TOKENER_STRICT);
	root = c->tokener_parse_ex(tok, text, (int)size); /* fits: at most JSONDOC_SIZE_MAX */
	status = c->tokener_get_error(tok);
	c->tokener_free(tok);
	if (status != json_tokener_success) {
		c->object_put(root);
		return -EBADMSG;
	}
	*ret_root = root;
	return 0;
}

int jsondoc_parse(const char *text, size_t size, struct jsondoc *ret_doc, struct error *err)
{
	_cleanup_free_ struct jsondoc_content *content = NULL;
	int r;

	if (size > JSONDOC_SIZE_MAX)
		return error_set(err, ERROR_SYSTEM, EFBIG, "parse JSON");
	content = calloc(1, sizeof(*content));
	if (!content)
		return error_set(err, ERROR_SYSTEM, ENOMEM, "parse JSON");
	r = load(&content->c, err);
	if (r < 0)
		return r;
	r = parse(&content->c, text, size, &content->root);
	if (r < 0)
		return error_set(err, ERROR_SYSTEM, -r, "parse JSON");
	ret_doc->content = steal_pointer(&content);
	return 0;
}

enum {
	KEY_MAX = 128
};

/* One key of a path, its "~1" and "~0" written out. Return: what follows, or NULL if too long. */
static const char *next_key(const char *path, char *key)
{
	size_t n = 0;

	while (*path && *path != '/') {
		char c = *path++;

		if (c == '~' && (*path == '0' || *path == '1'))
			c = *path++ == '1' ? '/' : '~';
		if (n == KEY_MAX - 1)
			return NULL;
		key[n++] = c;
	}
	key[n] = '\0';
	return *path ? path + 1 : path;
}

static struct json_object *item_of(const struct jsonc *c, struct json_object *array,
				   const char *key)
{
	uint64_t i;

	if (parse_uint64(key, SIZE_MAX, &i) < 0 || i >= c->object_array_length(array))
		return NULL;
	return c->object_array_get_idx(array, (size_t)i);
}

static struct json_object *value_at(const struct jsondoc *doc, const char *path, json_type type)
{
	const struct jsonc *c = &doc->content->c;
	struct json_object *value = doc->content->root;

	while (*path) {
		json_type outer = c->object_get_type(value);
		char key[KEY_MAX];

		path = next_key(path, key);
		if (!path)
			return NULL;
		if (outer == json_type_array)
			value = item_of(c, value, key);
		else if (outer != json_type_object || !c->object_object_get_ex(value, key, &value))
			return NULL;
	}
	return c->object_get_type(value) == type ? value : NULL;
}

const char *jsondoc_string(const struct jsondoc *doc, const char *path)
{
	struct json_object *value = value_at(doc, path, json_type_string);

	return value ? doc->content->c.object_get_string(value) : NULL;
}

int jsondoc_int(const struct jsondoc *doc, const char *path, int64_t *ret_value)
{
	struct json_object *value = value_at(doc, path, json_type_int);

	if (!value)
		return -ENOENT;
	*ret_value = doc->content->c.object_get_int64(value);
	return 0;
}

int jsondoc_bool(const struct jsondoc *doc, const char *path, bool *ret_value)
{
	struct json_object *value = value_at(doc, path, json_type_boolean);

	if (!value)
		return -ENOENT;
	*ret_value = doc->content->c.object_get_boolean(value) != 0;
	return 0;
}

size_t jsondoc_count(const struct jsondoc *doc, const char *path)
{
	struct json_object *value = value_at(doc, path, json_type_array);

	return value ? doc->content->c.object_array_length(value) : 0;
}

void jsondoc_done(struct jsondoc *doc)
{
	if (doc->content)
		(void)doc->content->c.object_put(
			doc->content->root); /* 1 where it was the last user */
	free(doc->content);
	doc->content = NULL;
}
