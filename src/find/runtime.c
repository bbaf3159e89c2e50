/* SPDX-License-Identifier: MIT */
/* The table of container runtimes: the order is that of listings, and of who names a container. */
#include "find/runtime.h"

#include <stdlib.h>
#include <string.h>

#include "find/containerd.h"
#include "find/crio.h"
#include "find/docker.h"
#include "find/kata.h"
#include "find/kube.h"
#include "find/lxc.h"
#include "find/machine.h"
#include "find/nerdctl.h"
#include "find/nomad.h"
#include "find/oci.h"
#include "find/podman.h"
#include "util/macro.h"

/* Who knows more of a container comes before those whose work it is built upon. */
const struct runtime *const runtime_table[] = {
	/* clang-format off */
	&runtime_cri,
	&runtime_crio,
	&runtime_docker,
	&runtime_podman,
	&runtime_nerdctl,
	&runtime_containerd,
	&runtime_lxc,
	&runtime_machine,
	&runtime_libvirt_lxc,
	&runtime_nomad,
	&runtime_oci,
	&runtime_kata,
	/* clang-format on */
};

const size_t runtime_count = ARRAY_SIZE(runtime_table);

bool runtime_is_called(const struct runtime *runtime, const char *word)
{
	if (strcmp(runtime->name, word) == 0)
		return true;
	for (const char *const *scheme = runtime->schemes; scheme && *scheme; scheme++)
		if (strcmp(*scheme, word) == 0)
			return true;
	return false;
}

void runtime_context_done(struct runtime_context *ctx)
{
	strv_done(&ctx->seen.docker_roots);
	cgmatches_done(&ctx->seen.docker_running);
	strv_done(&ctx->seen.storage_roots);
	free(ctx->seen.storage_runroot);
	ctx->seen = (struct runtime_seen){ .containerd_missing = 0 };
}
