/* SPDX-License-Identifier: MIT */
#include "show/columns.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

/* In the order that people type them in: "nsenter -muinpCUT". */
static const enum ns_type letter_order[] = {
	NS_MNT, NS_UTS, NS_IPC, NS_NET, NS_PID, NS_CGROUP, NS_USER, NS_TIME,
};

void column_letters(struct text *out, const struct subject *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(letter_order); i++) {
		enum ns_type t = letter_order[i];

		if (ns_has(s->differs, t))
			text_add(out, "%c", ns_table[t].letter);
		else
			text_add(out, "%c", ns_has(s->same, t) ? '-' : '?');
	}
}

void column_command(struct text *out, const struct subject *s)
{
	size_t at = 0;
	const char *word;

	while ((word = subject_next_word(s, &at)))
		if (*word)
			text_add(out, "%s%s", out->used ? " " : "", word);
	if (!out->used && s->has_stat)
		text_add(out, "[%s]", s->stat.comm);
}

static void put_string(struct text *out, const char *value)
{
	if (value)
		text_add(out, "%s", value);
}

static void put_target(struct text *out, const struct column_source *from)
{
	put_string(out, from->s->listed->target);
}

static void put_pid(struct text *out, const struct column_source *from)
{
	text_add(out, "%d", from->s->listed->found.pid);
}

static void put_namespaces(struct text *out, const struct column_source *from)
{
	column_letters(out, from->s);
}

static void put_user(struct text *out, const struct column_source *from)
{
	if (from->s->user)
		text_add(out, "%s", from->s->user);
	else if (from->s->has_uid)
		text_add(out, "%" PRIu32, from->s->uid);
}

static void put_uid(struct text *out, const struct column_source *from)
{
	if (from->s->has_uid)
		text_add(out, "%" PRIu32, from->s->uid);
}

static void put_name(struct text *out, const struct column_source *from)
{
	put_string(out, from->s->listed->name);
	if (from->s->listed->sandbox)
		text_add(out, "%s(pod)", out->used ? " " : "");
}

static void put_command(struct text *out, const struct column_source *from)
{
	column_command(out, from->s);
}

static void put_runtime(struct text *out, const struct column_source *from)
{
	put_string(out, from->s->listed->runtime);
}

static void put_id(struct text *out, const struct column_source *from)
{
	put_string(out, from->s->listed->id);
}

static void put_cgroup(struct text *out, const struct column_source *from)
{
	put_string(out, from->s->listed->cgroup);
}

static void put_image(struct text *out, const struct column_source *from)
{
	put_string(out, from->s->listed->image);
}

static void put_root(struct text *out, const struct column_source *from)
{
	put_string(out, from->s->root);
}

/* "3d4h": two units tell enough. */
static void put_age(struct text *out, const struct column_source *from)
{
	static const struct {
		uint64_t seconds;
		char unit;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
	uint64_t age;
	size_t i = 0;

	if (!from->s->has_stat)
		return;
	age = viewer_age(from->viewer, from->s->stat.start_time);
	while (i + 1 < ARRAY_SIZE(units) && age < units[i].seconds)
		i++;
	text_add(out, "%" PRIu64 "%c", age / units[i].seconds, units[i].unit);
	age %= units[i].seconds;
	if (i + 1 < ARRAY_SIZE(units) && age >= units[i + 1].seconds)
		text_add(out, "%" PRIu64 "%c", age / units[i + 1].seconds, units[i + 1].unit);
}

static void put_comm(struct text *out, const struct column_source *from)
{
	if (from->s->has_stat)
		text_add(out, "%s", from->s->stat.comm);
}

static void put_inode(struct text *out, const struct column_source *from)
{
	if (ns_has(from->s->seen, from->type))
		text_add(out, "%" PRIu64, from->s->ino[from->type]);
}

static void put_refuse(struct text *out, const struct column_source *from)
{
	put_string(out, from->s->listed->refuse);
}

/* clang-format off */
const struct column column_table[] = {
	{ "TARGET", "what -t takes to mean this one", false, true, 0, COLOR_BOLD, put_target, 0 },
	{ "PID", "its first process", true, false, 0, COLOR_NONE, put_pid, 0 },
	{ "NAMESPACES", "letters of what differs; - is shared, ? cannot be read",
		false, false, NEED_NS, COLOR_NONE, put_namespaces, 0 },
	{ "USER", "who that process runs as, on the host",
		false, false, NEED_STATUS, COLOR_NONE, put_user, 0 },
	{ "NAME", "what people call it", false, false, 0, COLOR_GREEN, put_name, 0 },
	{ "COMMAND", "command line", false, false, NEED_COMMAND, COLOR_NONE, put_command, 0 },
	{ "AGE", "time since it was started", true, false, NEED_STAT, COLOR_NONE, put_age, 0 },
	{ "CGROUP", "path of its cgroup", false, false, 0, COLOR_DIM, put_cgroup, 0 },
	{ "COMM", "name of the process", false, false, NEED_STAT, COLOR_NONE, put_comm, 0 },
	{ "ID", "the whole id", false, true, 0, COLOR_NONE, put_id, 0 },
	{ "IMAGE", "what it was made from, as its runtime calls it",
		false, false, 0, COLOR_NONE, put_image, 0 },
	{ "NOTE", "why it cannot be entered", false, false, 0, COLOR_YELLOW, put_refuse, 0 },
	{ "ROOT", "what is mounted as its root", false, false, NEED_ROOT, COLOR_DIM, put_root, 0 },
	{ "RUNTIME", "what runs it", false, false, 0, COLOR_NONE, put_runtime, 0 },
	{ "UID", "USER as a number", true, false, NEED_STATUS, COLOR_NONE, put_uid, 0 },
	{ "MNTNS", "inode of its mount namespace",
		true, false, NEED_NS, COLOR_NONE, put_inode, NS_MNT },
	{ "UTSNS", "of its uts namespace", true, false, NEED_NS, COLOR_NONE, put_inode, NS_UTS },
	{ "IPCNS", "of its ipc namespace", true, false, NEED_NS, COLOR_NONE, put_inode, NS_IPC },
	{ "NETNS", "of its network namespace", true, false, NEED_NS, COLOR_NONE, put_inode, NS_NET },
	{ "PIDNS", "of its pid namespace", true, false, NEED_NS, COLOR_NONE, put_inode, NS_PID },
	{ "CGROUPNS", "of its cgroup namespace",
		true, false, NEED_NS, COLOR_NONE, put_inode, NS_CGROUP },
	{ "USERNS", "of its user namespace", true, false, NEED_NS, COLOR_NONE, put_inode, NS_USER },
	{ "TIMENS", "of its time namespace", true, false, NEED_NS, COLOR_NONE, put_inode, NS_TIME },
};
/* clang-format on */
const size_t column_count = ARRAY_SIZE(column_table);

/* The first so many are shown without being asked for. */
enum {
	USUAL_COLUMNS = 6
};

static const struct column *find_column(const char *name, size_t n)
{
	for (size_t i = 0; i < column_count; i++)
		if (strlen(column_table[i].name) == n &&
		    strncasecmp(column_table[i].name, name, n) == 0)
			return &column_table[i];
	return NULL;
}

static int no_column(const char *name, size_t n, struct error *err)
{
	_cleanup_text_ struct text list = { 0 };
	int r = error_set(err, ERROR_USAGE, 0, "-o: no column \"%.*s\"", (int)n, name);

	for (size_t i = 0; i < column_count; i++)
		text_add(&list, "%s%s", i ? "," : "", column_table[i].name);
	if (!list.failed)
		error_hint(err, "columns are %s", list.buf);
	return r;
}

static int choose(struct choice *choice, const struct column *column, struct error *err)
{
	if (choice->n == CHOICE_MAX)
		return error_set(err, ERROR_USAGE, 0, "-o: more than %d columns", CHOICE_MAX);
	choice->column[choice->n++] = column;
	choice->needs |= column->needs;
	return 0;
}

/* The command lines have no end: what was added goes before them. */
static void command_last(struct choice *choice)
{
	const struct column **command = &choice->column[USUAL_COLUMNS - 1];
	const struct column *last = *command;

	for (; command < &choice->column[choice->n - 1]; command++)
		*command = command[1];
	*command = last;
}

int choice_parse(const char *list, struct choice *ret_choice, struct error *err)
{
	struct choice choice = { 0 };
	bool usual = !list || *list == '+';
	int r = 0;

	for (size_t i = 0; usual && r == 0 && i < USUAL_COLUMNS; i++)
		r = choose(&choice, &column_table[i], err);
	if (list && *list == '+')
		list++;
	while (list && r == 0) {
		size_t n = strcspn(list, ",");
		const struct column *column = find_column(list, n);

		r = column ? choose(&choice, column, err) : no_column(list, n, err);
		list = list[n] ? list + n + 1 : NULL;
	}
	if (r < 0)
		return r;
	if (usual)
		command_last(&choice);
	*ret_choice = choice;
	return 0;
}
