/* SPDX-License-Identifier: MIT */
/*
 * What is printed of targets that have chosen their words: ps, inspect, completions, and the plan. The
 * first line of the input is what ps -o is given, the second one what a target is called in all
 * respects, the rest its command line.
 */
#include "core/plan_print.h"
#include "fuzz.h"
#include "show/inspect_print.h"
#include "show/ps_print.h"
#include "show/targets.h"
#include "show/width.h"
#include "sys/jsondoc.h"
#include "util/escape.h"
#include "util/utf8.h"

enum {
	WIDTH = 100, /* of the terminal */
};

/* What is printed. */
struct words {
	char *word;
	char *cmdline;
	size_t cmdline_size;
};

static size_t count(const char *text, char c)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == c;
	return n;
}

/* What a terminal shows, and nothing that steers it: whole lines. */
static void check_clean(const char *text)
{
	MUST(*text && text[strlen(text) - 1] == '\n');
	for (size_t n; *text; text += n) {
		n = utf8_length(text);
		MUST(n > 0);
		if (n == 1)
			MUST(*text == '\n' || ((unsigned char)*text >= ' ' && *text != 0x7f));
		else
			MUST(!utf8_is_control(text, n));
	}
}

/* And so many of them, each without a blank at its end. */
static void check_shown(const char *text, size_t lines)
{
	check_clean(text);
	MUST(count(text, '\n') == lines && !strstr(text, " \n"));
}

/* The last column is cut to what is left, the others where they are not to be typed. */
static void check_width(const char *text, const struct choice *choice)
{
	for (size_t i = 0; i < choice->n; i++)
		if (choice->column[i]->whole || choice->n > 2)
			return;
	for (; *text; text++) {
		_cleanup_free_ char *line = strndup(text, strcspn(text, "\n"));

		MUST(line && width_of(line) <= WIDTH);
		text += strlen(line);
	}
}

static void check_table(const struct ps_list *list, const struct choice *choice, size_t width)
{
	const struct viewer viewer = { .now = 1000000, .tick = 100 };
	const struct table_style style = { .headings = true, .width = width };
	_cleanup_text_ struct text out = { 0 };

	ps_print_table(list, &viewer, choice, &style, &out);
	MUST(!out.failed);
	check_shown(out.buf, list->n + 1);
	if (width > 0)
		check_width(out.buf, choice);
}

static void check_tree(const struct ps_list *list)
{
	const struct viewer viewer = { .tick = 100 };
	const struct table_style style = { .width = WIDTH };
	_cleanup_text_ struct text out = { 0 };

	ps_print_tree(list, &viewer, true, &style, &out);
	MUST(!out.failed);
	check_shown(out.buf, list->n + 1); /* and ourselves */
}

/* Words that are no UTF-8 do not come back as they are. */
static void check_same(const struct jsondoc *doc, const char *path, const char *word)
{
	const char *text = jsondoc_string(doc, path);

	MUST(text);
	for (const char *p = word; *p; p += utf8_length(p))
		if (utf8_length(p) == 0)
			return;
	MUST(strcmp(text, word) == 0);
}

static void check_json(const struct ps_list *list)
{
	_cleanup_jsondoc_ struct jsondoc doc = { NULL };
	_cleanup_text_ struct text out = { 0 };

	ps_print_json(list, &out);
	MUST(!out.failed);
	check_shown(out.buf, 1);
	MUST(jsondoc_parse(out.buf, out.used, &doc, NULL) == 0);
	MUST(jsondoc_count(&doc, "targets") == list->n);
	check_same(&doc, "targets/0/name", list->s[0].listed->name);
	check_same(&doc, "targets/0/pod/container", list->s[0].listed->container);
	check_same(&doc, "targets/1/comm", list->s[1].stat.comm);
}

static void check_ps(const struct choice *choice, const struct words *words)
{
	char docker[] = "docker", *word = words->word;
	struct listed listed = {
		.target = word,
		.runtime = docker,
		.id = word,
		.name = word,
		.pod = word,
		.pod_namespace = word,
		.container = word,
		.pod_uid = word,
		.image = word,
		.cgroup = word,
		.found = { .pid = 42 },
	};
	struct listed other = {
		.target = word, .runtime = docker, .sandbox = true, .refuse = "it is paused"
	};
	struct subject s[] = {
		{ .listed = &listed,
		  .has_uid = true,
		  .user = word,
		  .cmdline = words->cmdline,
		  .cmdline_size = words->cmdline_size,
		  .root = word,
		  .seen = 0xff,
		  .differs = 0x0f,
		  .same = 0x30 },
		{ .listed = &other, .has_stat = true, .stat = { .start_time = 7 } },
	};
	const struct ps_list list = { .s = s, .n = ARRAY_SIZE(s) };

	(void)snprintf(s[1].stat.comm, sizeof(s[1].stat.comm), "%s", word); /* cut, as it is */
	check_table(&list, choice, 0);
	check_table(&list, choice, WIDTH);
	check_tree(&list);
	check_json(&list);
}

/* What a shell's completion is offered is typed without quotes. */
static void check_offers(const struct words *words)
{
	char docker[] = "docker", web[] = "docker:web";
	struct listed listed[] = {
		{ .target = web, .runtime = docker, .name = words->word },
		{ .target = words->word, .runtime = docker },
	};
	const struct listing listing = { .item = listed, .n = ARRAY_SIZE(listed) };
	_cleanup_text_ struct text out = { 0 };
	const char *line;

	targets_print(&listing, true, "", &out);
	MUST(!out.failed);
	for (line = out.buf; *line; line = strchr(line, '\n') + 1) {
		_cleanup_free_ char *value = strndup(line, strcspn(line, "\t")), *rest = NULL;

		MUST(value && escape_is_word(value) && value[0] != '-');
		rest = strndup(line + strlen(value) + 1, strcspn(line, "\n") - strlen(value));
		MUST(rest);
		check_clean(rest);
	}
}

static void check_inspected(const struct words *words)
{
	char docker[] = "docker", *word = words->word, *cgroup[] = { NULL, NULL };
	_cleanup_free_ char *path = NULL;
	_cleanup_jsondoc_ struct jsondoc doc = { NULL };
	_cleanup_text_ struct text out = { 0 }, json = { 0 };
	struct inspection in = {
		.listed = { .target = word,
			    .runtime = docker,
			    .id = word,
			    .name = word,
			    .image = word,
			    .found = { .pid = 42 } },
		.s = { .user = word,
		       .cmdline = words->cmdline,
		       .cmdline_size = words->cmdline_size,
		       .has_stat = true },
		.host_root = word,
		.typed = word,
		.part_of = docker,
		.part_of_name = word,
		.has_status = true,
		.cwd = word,
		.label = word,
		.root = { word, docker, word },
		.shell = word,
		.cgroup = { cgroup, 1, 1 },
	};

	MUST(asprintf(&path, "name=x:/%s", word) > 0);
	cgroup[0] = path;
	inspect_print_text(&in, false, &out);
	MUST(!out.failed);
	check_clean(out.buf);
	inspect_print_json(&in, &json);
	MUST(!json.failed);
	check_shown(json.buf, 1);
	MUST(jsondoc_parse(json.buf, json.used, &doc, NULL) == 0);
	check_same(&doc, "name", word);
	check_same(&doc, "label", word);
}

static void check_planned(const struct request *req, const struct facts *facts)
{
	_cleanup_plan_ struct plan plan = { 0 };
	_cleanup_error_ struct error err = { 0 };
	_cleanup_jsondoc_ struct jsondoc doc = { NULL };
	_cleanup_free_ char *text = NULL, *json = NULL;

	if (plan_make(req, facts, &plan, &err) < 0) {
		MUST(err.id != ERROR_NONE && err.text);
		return;
	}
	text = plan_text(&plan, req, facts);
	json = plan_json(&plan, req, facts);
	MUST(text && json);
	check_clean(text);
	check_shown(json, 1);
	MUST(jsondoc_parse(json, strlen(json), &doc, NULL) == 0);
	check_same(&doc, "target/name", facts->target);
	check_same(&doc, "target/id", facts->id);
}

/* One namespace, and the whole of a target. */
static void check_plans(const struct words *words)
{
	char *program[] = { words->word, words->cmdline, NULL };
	struct facts facts = {
		.pid = 42,
		.target = words->word,
		.runtime = "nspawn",
		.id = words->word,
		.present = NS_BIT(NS_NET),
		.by_pidfd = NS_BIT(NS_NET),
		.setns_pidfd = true,
		.n_cgroups = 1,
		.cgroup_path = { words->word },
		.cgroup_v2 = -1,
		.cgroup_home = words->word,
		.cgroup_away = words->word,
		.uid_map = words->word,
		.gid_map = words->word,
		.label = words->word,
		.label_file = "attr/exec",
	};
	struct request req;

	request_init(&req);
	req.target = words->word;
	req.program = program;
	req.wanted = NS_BIT(NS_NET);
	req.join_cgroup = req.follow_context = true;
	check_planned(&req, &facts);
	request_init(&req);
	req.target = words->word;
	req.program = program;
	request_settle(&req);
	facts.present = facts.by_pidfd = NS_ALL & ~NS_BIT(NS_USER);
	facts.root_is_target = facts.limits_known = facts.own_root = true;
	facts.all_caps = 0xffffff;
	facts.env_overwritten = true;
	check_planned(&req, &facts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *list = fuzz_line(&data, &size), *word = fuzz_line(&data, &size);
	_cleanup_free_ char *cmdline = fuzz_text(data, size);
	const struct words words = { word, cmdline, size };
	struct choice choice;

	if (choice_parse(list, &choice, NULL) < 0)
		MUST(choice_parse(NULL, &choice, NULL) == 0);
	check_ps(&choice, &words);
	check_offers(&words);
	check_inspected(&words);
	check_plans(&words);
	return 0;
}
