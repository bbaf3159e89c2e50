/* SPDX-License-Identifier: MIT */
/* The command line: each line of the input is a word of it. */
#include "cli/options.h"
#include "fuzz.h"

enum {
	WORDS_MAX = 32
};

struct words {
	char *item[WORDS_MAX + 1];
	int n;
};

static void words_done(struct words *words)
{
	for (int i = 0; i < words->n; i++)
		free(words->item[i]);
}

static bool has(const struct words *words, const char *text)
{
	for (int i = 0; i < words->n; i++)
		if (text >= words->item[i] && text <= words->item[i] + strlen(words->item[i]))
			return true;
	return false;
}

static void check_request(const struct words *words, const struct request *req)
{
	MUST(!req->target || has(words, req->target));
	MUST(!req->program || (has(words, *req->program) && **req->program));
	for (enum ns_type type = 0; type < NS_COUNT; type++)
		MUST(!req->ns_file[type] ||
		     (has(words, req->ns_file[type]) && (req->wanted & NS_BIT(type))));
	MUST(req->net_socket >= -1 && req->n_keep_fd <= REQUEST_KEEP_FDS);
	MUST(req->uid.kind != ID_NUMBER || req->uid.number != UINT32_MAX);
	MUST(req->uid.kind != ID_NAME || req->uid.name[0] < '0' || req->uid.name[0] > '9');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(words_done) struct words words = { .n = 0 };
	_cleanup_error_ struct error err = { 0 };
	char *argv[WORDS_MAX + 1];
	struct command command;
	int r;

	words.item[words.n++] = strdup("nsjoin");
	while (size > 0 && words.n < WORDS_MAX)
		words.item[words.n++] = fuzz_line(&data, &size);
	words.item[words.n] = NULL;
	memcpy(argv, words.item, sizeof(argv));
	(void)unsetenv("NSJOIN_ERRORS"); /* can only fail for a wrong name */
	(void)unsetenv("NSJOIN_HOST_ROOT");
	r = options_parse(words.n, argv, &command, &err);
	MUST(r <= 0 && (r < 0) == (err.id != ERROR_NONE) && (r == 0 || err.text));
	if (command.verb == VERB_ENTER)
		MUST(memcmp(argv, words.item, sizeof(*argv) * (size_t)words.n) == 0);
	if (r == 0)
		check_request(&words, &command.request);
	return 0;
}
