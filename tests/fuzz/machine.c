/* SPDX-License-Identifier: MIT */
/* The files of systemd-machined, and the command line of systemd-nspawn. */
#include "find/machine.h"
#include "fuzz.h"
#include "util/text.h"

/* The last value of a key, as it is written. Return: heap, or NULL where there is none. */
static char *last_value(const char *text, const char *key)
{
	const char *found = NULL;
	size_t n = strlen(key);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, n) == 0)
			found = line + n;
	}
	return found ? strndup(found, strcspn(found, "\n")) : NULL;
}

static void check_field(const char *text, const char *key, const char *field)
{
	_cleanup_free_ char *raw = last_value(text, key);

	MUST((raw != NULL) == (field != NULL));
	if (!raw)
		return;
	MUST(strlen(field) <= strlen(raw));
	if (raw[0] != '"' && !strchr(raw, '\\'))
		MUST(strcmp(field, raw) == 0);
}

static void check_file(const char *text)
{
	struct machine_file file;

	MUST(machine_parse(text, &file) == 0);
	check_field(text, "NAME=", file.name);
	check_field(text, "SCOPE=", file.unit);
	check_field(text, "CLASS=", file.class);
	check_field(text, "LEADER=", file.leader);
	check_field(text, "LEADER_PIDFDID=", file.leader_inode);
	check_field(text, "UID=", file.uid);
	machine_file_done(&file);
	MUST(!file.name && !file.unit && !file.class && !file.leader);
}

/* As C has it: the rest by its number. */
static void write_escaped(struct text *out, const char *value)
{
	static const char from[] = "\a\b\f\n\r\t\v\\\"'", to[] = "abfnrtv\\\"'";

	for (; *value; value++) {
		const unsigned char c = (unsigned char)*value;
		const char *at = strchr(from, c);

		if (at)
			text_add(out, "\\%c", to[at - from]);
		else if (c < ' ' || c >= 0x7f)
			text_add(out, "\\%03o", c);
		else
			text_add(out, "%c", c);
	}
}

/* As a shell has it between double quotes. */
static void write_quoted(struct text *out, const char *value)
{
	text_add(out, "\"");
	for (; *value; value++)
		text_add(out, strchr("\"\\`$", *value) ? "\\%c" : "%c", *value);
	text_add(out, "\"");
}

/* Whatever it is that is written, it is read again. */
static void check_written(const char *value, void (*write)(struct text *out, const char *value))
{
	_cleanup_text_ struct text out = { 0 };
	struct machine_file file;

	text_add(&out, "NAME=x\nSCOPE=");
	write(&out, value);
	text_add(&out, "\nLEADER=1\n");
	MUST(!out.failed && machine_parse(out.buf, &file) == 0);
	MUST(file.unit && strcmp(file.unit, value) == 0);
	MUST(strcmp(file.name, "x") == 0 && strcmp(file.leader, "1") == 0);
	machine_file_done(&file);
}

static void check_nspawn(const char *words, size_t size)
{
	_cleanup_free_ char *name = machine_nspawn_name(words, size);

	if (name)
		MUST(!*name || memmem(words, size, name, strlen(name)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);

	check_nspawn(text, size);
	check_file(text);
	check_written(text, write_escaped);
	if (!strchr(text, '\n'))
		check_written(text, write_quoted);
	return 0;
}
