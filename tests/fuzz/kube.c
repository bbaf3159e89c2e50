/* SPDX-License-Identifier: MIT */
/* The kubelet's names: of log files, and of containers that Docker and CRI-O run for it. */
#include "find/kube.h"
#include "fuzz.h"
#include "util/parse.h"

static void check_known(const struct known *known)
{
	MUST(known->pod && kube_is_name(known->pod));
	MUST(known->pod_namespace && kube_is_name(known->pod_namespace));
	MUST(known->sandbox == !known->container);
	MUST(!known->container || kube_is_name(known->container));
	MUST(known->name && fuzz_is_clean(known->name));
	MUST(memchr(known->pod_uid, '\0', sizeof(known->pod_uid)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_known_ struct known of_log = { 0 }, of_name = { 0 };
	_cleanup_free_ char *text = fuzz_text(data, size);
	int r = kube_parse_log(text, &of_log);

	MUST(r == 0 || r == 1);
	if (r > 0) {
		check_known(&of_log);
		MUST(parse_hex(of_log.id, 1) && !of_log.sandbox);
	}
	r = kube_parse_name(text, &of_name);
	MUST(r == 0 || r == 1);
	if (r > 0)
		check_known(&of_name);
	if (kube_is_name(text))
		MUST(!strchr(text, '/') && fuzz_is_clean(text) && text[0] != '.');
	return 0;
}
