/* SPDX-License-Identifier: MIT */
/* /proc/PID/cgroup: its lines, the container that each names, and the one that all name. */
#include "find/cgname.h"
#include "find/ident.h"
#include "fuzz.h"
#include "sys/cgroupfs.h"

static void check_name(const struct cgname *name)
{
	MUST(name->runtime < CGNAME_COUNT && cgname_runtime_name(name->runtime));
	MUST((name->runtime == CGNAME_NONE) == (name->id[0] == '\0'));
	MUST(name->id[0] || !name->outer[0]);
	/* They become parts of paths. */
	MUST(!strchr(name->id, '/') && !strchr(name->outer, '/') && !strchr(name->pod, '/'));
	MUST(strcmp(name->id, ".") != 0 && strcmp(name->id, "..") != 0);
	MUST(strlen(name->pod) == 0 || strspn(name->pod, "0123456789abcdef-") == strlen(name->pod));
}

static void check_lines(char *text)
{
	struct cgroup_line line;
	struct cgname name;

	while (cgroup_line_next(&text, &line) > 0) {
		MUST(line.path[0] == '/' && !strchr(line.path, '\n'));
		MUST(!strchr(line.controllers, ':') && !strchr(line.controllers, '\n'));
		MUST(cgname_parse(line.path, &name) == (name.runtime != CGNAME_NONE));
		MUST(cgname_is_container(line.path) == (name.runtime != CGNAME_NONE));
		check_name(&name);
	}
	MUST(!*text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *lines = fuzz_text(data, size), *all = fuzz_text(data, size);
	_cleanup_free_ char *copy = fuzz_text(data, size);
	struct ident_line line = { NULL, NULL };
	struct cgname name;
	int r;

	check_lines(lines);
	r = ident_parse(all, &name, &line);
	MUST(r == 0 || r == 1 || r == -EBADMSG);
	if (r >= 0) {
		check_name(&name);
		MUST((r == 1) == (name.runtime != CGNAME_NONE));
	}
	if (r > 0)
		MUST(line.path && line.path[0] == '/' && line.controllers);
	if (ident_find_path(copy, "/a", &line))
		MUST(strncmp(line.path, "/a", 2) == 0);
	return 0;
}
