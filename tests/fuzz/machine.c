/* SPDX-License-Identifier: MIT */
/* The files of systemd-machined, and the command line of systemd-nspawn. */
#include "find/machine.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	_cleanup_free_ char *name = machine_nspawn_name(text, size);
	struct machine_file file;

	MUST(!name || strlen(name) <= size);
	MUST(machine_parse(text, &file) == 0);
	MUST(!file.name || strlen(file.name) <= size);
	MUST(!file.leader || strlen(file.leader) <= size);
	MUST(!file.unit || strstr(text, "SCOPE="));
	MUST(!file.uid || strstr(text, "UID="));
	machine_file_done(&file);
	MUST(!file.name && !file.unit && !file.class && !file.leader);
	return 0;
}
