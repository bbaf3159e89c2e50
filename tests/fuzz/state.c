/* SPDX-License-Identifier: MIT */
/*
 * State files of runtimes, through the functions that read them for a listing. The first byte of the
 * input says whose file the rest is.
 */
#include "find/bundle.h"
#include "find/crio.h"
#include "find/docker.h"
#include "find/kube.h"
#include "find/lxc.h"
#include "find/ocistate.h"
#include "find/podman.h"
#include "scratch.h"

#define ID "c52b4665e6b019016c8f74c27d9960b0b9fba8648b97ab16acf5601b62316927"

static const struct known_filter everything;

static void read_runc(struct runtime_context *ctx, struct known_list *list, struct error *err)
{
	struct known known = { .id = strdup(ID) };
	int r = ocistate_read(ctx, "/runc", &known, err);

	MUST(r == 0 || r == 1);
	MUST(r == 0 || (known.pid > 0 && known.start_time > 0));
	MUST(known_list_add_consume(list, &known) == 0);
}

static void read_crun(struct runtime_context *ctx, struct known_list *list, struct error *err)
{
	struct known known = { .id = strdup(ID), .pid = 42 };
	int r = ocistate_read(ctx, "/crun", &known, err);

	MUST((r == 0 || r == 1) && known.pid == 42);
	MUST(known_list_add_consume(list, &known) == 0);
}

static void read_docker(struct runtime_context *ctx, struct known_list *list, struct error *err)
{
	MUST(docker_list_root(ctx->host, "/docker", &everything, list, err) == 0);
}

static void read_podman(struct runtime_context *ctx, struct known_list *list, struct error *err)
{
	const struct podman_place place = { .root = "/storage", .runroot = "/run/storage" };

	MUST(podman_list_place(ctx, &place, &everything, list, err) == 0);
}

static void read_bundle(struct runtime_context *ctx, struct known_list *list, struct error *err)
{
	struct containerd_query query = {
		.ctx = ctx, .runtime = &runtime_cri, .filter = &everything, .list = list
	};

	for (query.kind = CONTAINERD_PLAIN; query.kind <= CONTAINERD_NERDCTL; query.kind++)
		MUST(bundle_add(&query, "/containerd", "k8s.io", ID, err) == 0);
}

#define CRIO_RUN   "host/run/containers/storage/overlay-containers/" ID "/userdata/"
#define CRIO_STATE "host/var/lib/containers/storage/overlay-containers/" ID "/userdata/state.json"

static void write_text(const char *path, const char *text)
{
	scratch_write(path, (const uint8_t *)text, strlen(text));
}

static void read_crio(struct runtime_context *ctx, struct known_list *list, struct error *err)
{
	write_text(CRIO_STATE, "{\"initPid\":7,\"initStartTime\":\"77\"}");
	MUST(runtime_crio.list(ctx, &everything, list, err) == 0 && list->n <= 1);
	for (size_t i = 0; i < list->n; i++) {
		const struct known *k = &list->item[i];

		MUST(k->pid == 7 && k->start_time == 77 && k->pod && kube_is_name(k->pod));
		MUST(!k->image || k->image[0]);
	}
}

static void read_crio_state(struct runtime_context *ctx, struct known_list *list, struct error *err)
{
	write_text(CRIO_RUN "config.json",
		   "{\"annotations\":{\"io.kubernetes.cri-o.Name\":"
		   "\"k8s_app_api_prod_5c8d0f0a-6f0c-4a39-8c39-3f7d1f1b2a10_0\"}}");
	MUST(runtime_crio.list(ctx, &everything, list, err) == 0 && list->n == 1);
	MUST(!list->item[0].start_time || list->item[0].pid > 0);
}

static const char containers[] = "[{\"id\":\"" ID "\",\"names\":[\"web\"],\"metadata\":\"{}\"}]";

/* A pod has a name, or the beginning of its id. */
static void read_pod(struct runtime_context *ctx, struct known_list *list, struct error *err)
{
	write_text("host/pods/overlay-containers/containers.json", containers);
	MUST(podman_list_place(ctx,
			       &(struct podman_place){ .root = "/pods", .runroot = "/run/pods" },
			       &everything, list, err) == 0);
	MUST(list->n == 1 && strcmp(list->item[0].name, "web") == 0);
	for (size_t i = 0; i < list->n; i++) {
		const struct known *k = &list->item[i];

		MUST(!k->pod || (k->pod[0] && !strchr(k->pod, '/') && fuzz_is_clean(k->pod)));
		MUST(strlen(k->pod_uid) == 0 || strlen(k->pod_uid) == 12);
		MUST(!k->container || strcmp(k->container, "web") == 0);
	}
}

/* Proxmox' name for what it has numbered. */
static void read_lxc(struct runtime_context *ctx, struct known_list *list, struct error *err)
{
	MUST(runtime_lxc.list(ctx, &everything, list, err) == 0 && list->n == 1);
	MUST(list->item[0].name[0] && !strpbrk(list->item[0].name, " \t\r\n"));
	MUST(strcmp(list->item[0].id, "101") == 0);
}

static const struct {
	const char *file;
	void (*read)(struct runtime_context *ctx, struct known_list *list, struct error *err);
} readers[] = {
	{ "host/runc/state.json", read_runc },
	{ "host/crun/status", read_crun },
	{ "host/docker/containers/" ID "/config.v2.json", read_docker },
	{ "host/storage/overlay-containers/containers.json", read_podman },
	{ "host/containerd/io.containerd.runtime.v2.task/k8s.io/" ID "/config.json", read_bundle },
	{ CRIO_RUN "config.json", read_crio },
	{ CRIO_STATE, read_crio_state },
	{ "host/pods/overlay-containers/" ID "/userdata/config.json", read_pod },
	{ "host/var/lib/lxc/101/config", read_lxc },
};

static void check_known(const struct known *known)
{
	MUST(known->id && known->id[0] && !strchr(known->id, '/'));
	MUST(known->pid >= 0);
	MUST(!known->cgroup || known->cgroup[0] == '/');
	MUST(memchr(known->pod_uid, '\0', sizeof(known->pod_uid)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_known_list_ struct known_list list = { 0 };
	_cleanup_hostfs_ struct hostfs host = HOSTFS_NONE;
	_cleanup_error_ struct error err = { 0 };
	struct runtime_context ctx = { .host = &host };
	size_t which = size > 0 ? data[0] % ARRAY_SIZE(readers) : 0;

	if (size == 0)
		return 0;
	scratch_write(readers[which].file, data + 1, size - 1);
	MUST(hostfs_init("host", &host, &err) == 0);
	readers[which].read(&ctx, &list, &err);
	MUST(err.id == ERROR_NONE && ctx.unreadable == 0);
	for (size_t i = 0; i < list.n; i++)
		check_known(&list.item[i]);
	return 0;
}
