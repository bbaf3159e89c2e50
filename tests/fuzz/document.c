/* SPDX-License-Identifier: MIT */
/*
 * What a container's documents say: Docker's of a container, read without the parser where they are
 * plain, is what the parser says; and the environment of an OCI configuration.
 */
#include "find/confenv.h"
#include "find/dockerdoc.h"
#include "fuzz.h"
#include "sys/jsondoc.h"

static bool is_same(const char *text, const char *other)
{
	return text && other ? strcmp(text, other) == 0 : text == other;
}

static const char *without_empty(const char *text)
{
	return text && *text ? text : NULL;
}

/* Of a number json-c may make the nearest one that it can hold: that is no pid. */
static void check_pid(const struct jsondoc *json, const struct dockerdoc *doc)
{
	int64_t pid = 0;
	bool running = false;

	(void)jsondoc_bool(json, "State/Running", &running);
	MUST(doc->running == running && doc->pid >= 0);
	if (!running || jsondoc_int(json, "State/Pid", &pid) < 0 || pid <= 0 || pid > INT32_MAX)
		MUST(doc->pid == 0);
	else
		MUST(doc->pid == pid);
}

static void check_docker(const char *text, size_t size)
{
	_cleanup_dockerdoc_ struct dockerdoc doc = { .pid = 0 };
	_cleanup_jsondoc_ struct jsondoc json = { NULL };
	const char *id, *name;
	int r = dockerdoc_read(text, size, &doc, NULL);

	MUST(r == 0 || r == 1);
	if (jsondoc_parse(text, size, &json, NULL) < 0) {
		MUST(r == 0);
		return;
	}
	id = jsondoc_string(&json, "ID");
	name = jsondoc_string(&json, "Name");
	MUST((r == 1) == (id && name && name[0] == '/'));
	if (r == 0)
		return;
	MUST(is_same(doc.id, id) && is_same(doc.name, name + 1));
	MUST(is_same(doc.image, without_empty(jsondoc_string(&json, "Config/Image"))));
	check_pid(&json, &doc);
}

static void check_environment(const char *text, size_t size)
{
	_cleanup_strv_ struct strv env = { 0 };
	_cleanup_jsondoc_ struct jsondoc json = { NULL };
	int r = confenv_parse(text, size, &env, NULL);
	size_t at = 0;

	MUST((r == 0) == (env.n > 0) && (r == 0 || r == -ENOENT));
	if (r < 0)
		return;
	MUST(jsondoc_parse(text, size, &json, NULL) == 0 && !env.item[env.n]);
	/* In their order, and nothing else. */
	for (size_t i = 0; i < env.n; i++) {
		const char *entry;
		char path[64];

		do {
			MUST(at < jsondoc_count(&json, "process/env"));
			(void)snprintf(path, sizeof(path), "process/env/%zu", at++);
			entry = jsondoc_string(&json, path);
		} while (!entry || strchr(entry, '=') <= entry);
		MUST(strcmp(entry, env.item[i]) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);

	check_docker(text, size);
	check_environment(text, size);
	return 0;
}
