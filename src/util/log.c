/* SPDX-License-Identifier: MIT */
#include "util/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util/escape.h"
#include "util/fd.h"
#include "util/json.h"

static enum log_level max_level = LOG_NORMAL;
static enum log_format error_format = LOG_TEXT;
static const char *asked_target;

void log_setup(enum log_level level, enum log_format format, const char *target)
{
	max_level = level;
	error_format = format;
	asked_target = target;
}

void log_hush(void)
{
	max_level = LOG_QUIET;
}

bool log_enabled(enum log_level level)
{
	return level <= max_level;
}

static void write_line(const char *prefix, const char *text)
{
	_cleanup_free_ char *clean = escape_text(text);
	_cleanup_free_ char *line = NULL;
	int n = asprintf(&line, "%s%s\n", prefix, clean ? clean : "out of memory");

	if (n < 0) {
		line = NULL;
		return;
	}
	/* There is nowhere left to report a standard error that cannot be written to. */
	(void)fd_write_all(STDERR_FILENO, line, (size_t)n);
}

/* One line of @detail. Return: what follows it, or NULL at the end. */
static const char *next_detail(const char *detail, char **ret_line)
{
	size_t n;

	if (!detail || !*detail)
		return NULL;
	n = strcspn(detail, "\n");
	*ret_line = strndup(detail, n);
	return detail + n + (detail[n] == '\n');
}

static void put_detail(struct json *j, const char *detail)
{
	char *line;

	json_array(j, "details");
	while ((detail = next_detail(detail, &line))) {
		j->failed |= !line;
		json_string(j, NULL, line);
		free(line);
	}
	json_array_end(j);
}

static void write_error_json(const struct error *err)
{
	static const char no_memory[] =
		"{\"schema\":1,\"id\":\"system\",\"message\":\"out of memory\","
		"\"details\":[],\"target\":null,\"hints\":[],\"errno\":\"ENOMEM\","
		"\"status\":125}\n";
	_cleanup_json_ struct json j = { 0 };

	json_object(&j, NULL);
	json_uint(&j, "schema", 1);
	json_string(&j, "id", error_id_name(err->id));
	json_string(&j, "message", err->text);
	put_detail(&j, err->detail);
	json_string(&j, "target", err->target ? err->target : asked_target);
	json_array(&j, "hints");
	for (size_t i = 0; i < ERROR_HINTS && err->hint[i]; i++)
		json_string(&j, NULL, err->hint[i]);
	json_array_end(&j);
	if (err->errnum > 0)
		json_string(&j, "errno", strerrorname_np(err->errnum));
	else
		json_null(&j, "errno");
	json_uint(&j, "status", (uint64_t)(err->status ? err->status : STATUS_FAILED));
	json_object_end(&j);
	json_end_line(&j);
	/* As in write_line(): nothing is left to report to. */
	if (j.failed)
		(void)fd_write_all(STDERR_FILENO, no_memory, strlen(no_memory));
	else
		(void)fd_write_all(STDERR_FILENO, j.text, j.used);
}

static void write_detail(const char *detail)
{
	char *line;

	while ((detail = next_detail(detail, &line))) {
		if (line)
			write_line("  ", line);
		free(line);
	}
}

void log_error(const struct error *err)
{
	if (error_format == LOG_JSON) {
		write_error_json(err);
		return;
	}
	write_line("nsjoin: ", err->text ? err->text : "out of memory");
	write_detail(err->detail);
	for (size_t i = 0; i < ERROR_HINTS && err->hint[i]; i++)
		write_line("hint: ", err->hint[i]);
}

int log_failure(struct error *err)
{
	/* Of nsjoin itself: who met a limit of the target's has another hint. */
	if (err->errnum == EMFILE && !err->hint[0])
		error_hint(err, "the limit is too low: ulimit -n 1024");
	if (err->id != ERROR_NONE)
		log_error(err);
	return err->status ? err->status : STATUS_FAILED;
}

void log_note(const char *fmt, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;

	if (max_level < LOG_NORMAL || error_format == LOG_JSON)
		return;
	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	if (text)
		write_line("nsjoin: note: ", text);
}

void log_line(enum log_level level, const char *fmt, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;

	if (max_level < level)
		return;
	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	if (text)
		write_line("", text);
}

void log_clean_text(enum log_level level, const char *text)
{
	if (level <= max_level)
		/* As in write_line(): nothing is left to report to. */
		(void)fd_write_all(STDERR_FILENO, text, strlen(text));
}
