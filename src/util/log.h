/* SPDX-License-Identifier: MIT */
/*
 * The only writer to standard error. Every line goes out with one write(2), without stdio or
 * locale, and every byte that is not printable text is escaped: what is quoted may come from the
 * target.
 */
#pragma once

#include <stdbool.h>

#include "util/error.h"
#include "util/macro.h"

enum log_format {
	LOG_TEXT,
	LOG_JSON, /* errors as one JSON object; notes are left out */
};

enum log_level {
	LOG_QUIET = -1,	 /* errors only */
	LOG_NORMAL = 0,	 /* errors and notes */
	LOG_VERBOSE = 1, /* and the plan */
	LOG_TRACE = 2,	 /* and each step as it is taken */
};

/*
 * log_setup() - the one mutable setting of the whole program; called once, after parsing
 * @target: TARGET as it was typed, for errors that name none; or NULL. Borrowed for good.
 */
void log_setup(enum log_level level, enum log_format format, const char *target);

/* log_hush() - errors only from here on: for a process of its own that does what was told before. */
void log_hush(void);

/* log_enabled() - whether lines of this level are written; to spare the making of those that are not */
bool log_enabled(enum log_level level);

/* log_error() - print an error with its detail and hints, in the format that was asked for. */
void log_error(const struct error *err);

/*
 * log_failure() - print what nsjoin ends by, unless it is empty since it was told already
 * Return: the exit status that it asks for.
 */
int log_failure(struct error *err);

/* log_note() - "nsjoin: note: …"; left out with -q. */
void log_note(const char *fmt, ...) _printf_(1, 2);

/* log_line() - a line as it is, where @level is enabled. */
void log_line(enum log_level level, const char *fmt, ...) _printf_(2, 3);

/* log_clean_text() - lines that were made harmless already (escape_text), where @level is enabled. */
void log_clean_text(enum log_level level, const char *text);
