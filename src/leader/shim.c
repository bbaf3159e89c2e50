/* SPDX-License-Identifier: MIT */
/*
 * Stands in for the loader in the target view of -H, where programs of two systems are started that
 * name the same loader: the kernel maps it as the interpreter of each. A program of the host's is
 * handed to the host's loader, with the host's libraries; one of the target's own has its own loader,
 * which runs as if this had not been there. Executed itself, as ldd(1) does with a loader, it is the
 * loader of the file that is its operand.
 *
 * It is not trusted with anything: it has the privileges of the program that it starts.
 */
#include "leader/shim.h"

#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>

#include "leader/calls.h"

/* A loader cannot be linked with a library: for other processors this is a program that fails. */
#ifdef LEADER_WITHOUT_LIBRARY

enum {
	PATH_SIZE = 4096,
	HEAD_SIZE = 4096, /* of a loader: its program headers are at the start */
	TOOLS_SIZE = 16384,
	OPTIONS_MAX = 8, /* of the host's loader, the program and the end included */
	FAILED = 127,
};

/* What the kernel has put on the stack. */
struct start {
	long argc;
	char **argv, **envp;
	Elf64_auxv_t *auxv;
};

static size_t length(const char *text)
{
	size_t n = 0;

	while (text[n])
		n++;
	return n;
}

static bool begins(const char *text, const char *with)
{
	while (*with)
		if (*text++ != *with++)
			return false;
	return true;
}

_Noreturn static void fail(const char *what, const char *path)
{
	static const char prefix[] = "nsjoin: ";

	/* Whether it is read or not: there is nothing else to do. */
	(void)call3(SYS_write, 2, prefix, sizeof(prefix) - 1);
	(void)call3(SYS_write, 2, path, length(path));
	(void)call3(SYS_write, 2, what, length(what));
	for (;;)
		(void)call1(SYS_exit_group, FAILED);
}

static Elf64_auxv_t *find_aux(const struct start *start, unsigned long type)
{
	Elf64_auxv_t *aux = start->auxv;

	while (aux->a_type != AT_NULL && aux->a_type != type)
		aux++;
	return aux->a_type == type ? aux : NULL;
}

/* Whether a file that can be read is none of those that a loader is for. */
static bool is_script(const char *path)
{
	char head[sizeof(ELFMAG)] = { 0 };
	long fd = call4(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0), n = 0;

	if (fd < 0)
		return false;
	n = call3(SYS_read, fd, head, sizeof(head) - 1);
	(void)call1(SYS_close, fd); /* nothing was written */
	return n > 0 && !begins(head, ELFMAG);
}

static const char *absolute_path(const char *path, char *buf)
{
	long n;

	if (path[0] == '/')
		return path;
	n = call2(SYS_getcwd, buf, PATH_SIZE - 1); /* a slash goes behind it */
	if (n <= 0)
		return path;
	for (buf[n - 1] = '/'; *path && n < PATH_SIZE - 1; path++)
		buf[n++] = *path;
	buf[n] = '\0';
	return buf;
}

/*
 * Where the program is, as the kernel sees it: what was executed may have been a link or a script. In a
 * /proc of another pid namespace we are not there to be seen. Then it is what was executed, which may
 * be relative; of a script the kernel has put the program's name first among the arguments.
 */
static const char *program_path(const struct start *start, char *buf)
{
	long n = call4(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", buf, PATH_SIZE - 1);
	const Elf64_auxv_t *execfn = find_aux(start, AT_EXECFN);
	const char *path = execfn ? (const char *)execfn->a_un.a_val : start->argv[0];

	if (n > 0) {
		buf[n] = '\0';
		return buf;
	}
	return absolute_path(is_script(path) ? start->argv[0] : path, buf);
}

static char *join(char *buf, const char *prefix, const char *path)
{
	size_t n = 0;

	for (const char *p = prefix; *p; p++)
		buf[n++] = *p;
	for (const char *p = path; *p && n < PATH_SIZE - 1; p++)
		buf[n++] = *p;
	buf[n] = '\0';
	return buf;
}

/*
 * In directories that hold the files of both the target's come first: what it has is its own.
 * Return: the path of a program of the host's, or NULL.
 */
static const char *host_path(const char *path, char *buf)
{
	char stat[256]; /* larger than the kernel's struct stat anywhere */

	if (begins(path, SHIM_HOST "/"))
		return path;
	if (path[0] != '/' || begins(path, SHIM_ROOT "/"))
		return NULL;
	if (call4(SYS_newfstatat, AT_FDCWD, join(buf, SHIM_ROOT, path), stat,
		  AT_SYMLINK_NOFOLLOW) == 0)
		return NULL;
	join(buf, SHIM_HOST, path);
	return call4(SYS_newfstatat, AT_FDCWD, buf, stat, 0) == 0 ? buf : NULL;
}

/* ---- a loader in memory */

struct image {
	unsigned long page; /* its size */
	long fd;
	const Elf64_Phdr *segment;
	size_t n;
	unsigned long entry, headers;
	unsigned long bias; /* between the addresses of the file and those in memory */
};

static unsigned long page_down(const struct image *image, unsigned long at)
{
	return at & ~(image->page - 1);
}

static long map_at(unsigned long at, unsigned long size, int prot, int flags, long fd, long offset)
{
	return call6(SYS_mmap, (long)at, (long)size, prot, flags, fd, offset);
}

static bool map_segment(const struct image *image, const Elf64_Phdr *p)
{
	unsigned long start = page_down(image, p->p_vaddr) + image->bias;
	unsigned long file_end = image->bias + p->p_vaddr + p->p_filesz;
	unsigned long end = image->bias + p->p_vaddr + p->p_memsz;
	unsigned long mapped = page_down(image, file_end + image->page - 1);
	int prot = (p->p_flags & PF_R ? PROT_READ : 0) | (p->p_flags & PF_W ? PROT_WRITE : 0) |
		   (p->p_flags & PF_X ? PROT_EXEC : 0);

	/* It may have nothing from the file. */
	if (file_end > start && map_at(start, file_end - start, prot, MAP_PRIVATE | MAP_FIXED,
				       image->fd, (long)page_down(image, p->p_offset)) < 0)
		return false;
	if (p->p_memsz == p->p_filesz)
		return true;
	/* To the end of the page, as the kernel does it: the C library's loader counts on that. */
	for (unsigned long at = file_end; at < mapped; at++)
		*(volatile char *)at = 0;
	return end <= mapped || map_at(mapped, end - mapped, prot,
				       MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0) >= 0;
}

static bool map_segments(struct image *image)
{
	unsigned long end = 0;
	long at;

	for (size_t i = 0; i < image->n; i++)
		if (image->segment[i].p_type == PT_LOAD &&
		    image->segment[i].p_vaddr + image->segment[i].p_memsz > end)
			end = image->segment[i].p_vaddr + image->segment[i].p_memsz;
	at = map_at(0, end + image->page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at < 0)
		return false;
	image->bias = (unsigned long)at;
	for (size_t i = 0; i < image->n; i++)
		if (image->segment[i].p_type == PT_LOAD && !map_segment(image, &image->segment[i]))
			return false;
	return true;
}

/* Return: whether the loader can be started at image->entry. */
static bool map_loader(struct image *image, const char *path)
{
	static char head[HEAD_SIZE] __attribute__((aligned(16)));
	const Elf64_Ehdr *elf = (const Elf64_Ehdr *)head;
	long n = 0;

	image->fd = call4(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	if (image->fd >= 0)
		n = call3(SYS_read, image->fd, head, sizeof(head));
	if (n < (long)sizeof(*elf) || !begins(head, ELFMAG) || elf->e_type != ET_DYN ||
	    elf->e_phentsize != sizeof(*image->segment) || elf->e_phoff > HEAD_SIZE ||
	    elf->e_phoff + elf->e_phnum * sizeof(*image->segment) > (size_t)n)
		return false;
	image->segment = (const Elf64_Phdr *)(head + elf->e_phoff);
	image->n = elf->e_phnum;
	if (!map_segments(image))
		return false;
	image->entry = image->bias + elf->e_entry;
	image->headers = image->bias + elf->e_phoff;
	(void)call1(SYS_close, image->fd); /* what is mapped stays */
	return true;
}

static struct image new_image(const struct start *start)
{
	const Elf64_auxv_t *page = find_aux(start, AT_PAGESZ);

	return (struct image){ .page = page ? page->a_un.a_val : 4096 };
}

/* ---- a program of the host's */

static void read_tools(char *buf)
{
	long fd = call4(SYS_openat, AT_FDCWD, SHIM_TOOLS, O_RDONLY | O_CLOEXEC, 0), n = 0;

	if (fd >= 0)
		n = call3(SYS_read, fd, buf, TOOLS_SIZE - 3);
	if (n <= 0)
		fail(": cannot be read\n", SHIM_TOOLS);
	buf[n] = buf[n + 1] = buf[n + 2] = '\0';
	(void)call1(SYS_close, fd); /* nothing was written */
}

/* What the loader's command line would be, up to what the caller has given it himself where @path is
 * NULL. Return: how many words. */
static long loader_words(const struct start *start, const char *path, char *tools, char **words)
{
	static char library_path[] = "--library-path", argv0[] = "--argv0";
	char *libraries = tools + length(tools) + 1, *option = libraries + length(libraries) + 1;
	long n = 0;

	words[n++] = tools;
	if (*option)
		words[n++] = option;
	words[n++] = library_path;
	words[n++] = libraries;
	if (!path)
		return n;
	words[n++] = argv0;
	words[n++] = start->argv[0];
	__builtin_memcpy(&words[n++], &path, sizeof(path)); /* nobody writes there */
	return n;
}

/* As if the kernel had started the loader itself, with the program as its argument. */
static unsigned long loader_aux(const struct image *image, const Elf64_auxv_t *aux)
{
	switch (aux->a_type) {
	case AT_BASE:
		return 0;
	case AT_ENTRY:
		return image->entry;
	case AT_PHDR:
		return image->headers;
	case AT_PHNUM:
		return image->n;
	}
	return aux->a_un.a_val;
}

static size_t count(const struct start *start)
{
	size_t env = 0, aux = 0;

	while (start->envp[env])
		env++;
	while (start->auxv[aux].a_type != AT_NULL)
		aux++;
	return (size_t)start->argc + env + 2 * (aux + 1) + 3;
}

/*
 * The loader is not executed but mapped, as for the target's own programs: so the process goes on
 * being the program to everybody who looks, by its name, its command line and /proc/PID/exe.
 * @path: NULL where it is the loader that was asked for, with operands of its own.
 */
_Noreturn static void run_host(const struct start *start, const char *path)
{
	static char tools[TOOLS_SIZE];
	struct image image = new_image(start);
	char *words[OPTIONS_MAX];
	long n, *stack, *to;

	read_tools(tools);
	n = loader_words(start, path, tools, words);
	if (!map_loader(&image, tools))
		fail(": the host's loader cannot be used\n", tools);
	/* Below what is in use: nothing of that is needed any more when the loader starts. */
	stack = __builtin_alloca_with_align((count(start) + OPTIONS_MAX) * sizeof(*stack), 128);
	to = stack;
	*to++ = start->argc - 1 + n;
	for (long i = 0; i < n; i++)
		*to++ = (long)words[i];
	for (long i = 1; i < start->argc; i++)
		*to++ = (long)start->argv[i];
	*to++ = 0;
	for (char **env = start->envp; *env; env++)
		*to++ = (long)*env;
	*to++ = 0;
	for (const Elf64_auxv_t *aux = start->auxv;; aux++) {
		*to++ = (long)aux->a_type;
		*to++ = (long)loader_aux(&image, aux);
		if (aux->a_type == AT_NULL)
			break;
	}
	leader_jump(stack, image.entry);
}

/* ---- a program of the target's own */

_Noreturn static void run_own(const struct start *start, long *stack, const char *path)
{
	Elf64_auxv_t *base = find_aux(start, AT_BASE);
	struct image image = new_image(start);

	if (!map_loader(&image, SHIM_OWN) || !base)
		fail(": the target has no loader for it\n", path);
	base->a_un.a_val = image.bias;
	leader_jump(stack, image.entry);
}

/* ---- the loader itself */

/* The kernel has loaded no program that it would be the interpreter of. */
static bool is_executed(const struct start *start)
{
	const Elf64_auxv_t *base = find_aux(start, AT_BASE);

	return !base || base->a_un.a_val == 0;
}

static bool takes_value(const char *option)
{
	static const char names[] = "--library-path\0--argv0\0--preload\0--audit\0--inhibit-rpath\0"
				    "--glibc-hwcaps-prepend\0--glibc-hwcaps-mask\0";

	for (const char *name = names; *name; name += length(name) + 1)
		if (begins(option, name) && option[length(name)] == '\0')
			return true;
	return false;
}

static const char *operand(const struct start *start)
{
	for (long i = 1; i < start->argc; i++) {
		if (start->argv[i][0] != '-')
			return start->argv[i];
		if (takes_value(start->argv[i]))
			i++;
	}
	return NULL;
}

_Noreturn static void be_loader(const struct start *start, long *stack)
{
	static char file[PATH_SIZE], host[PATH_SIZE + sizeof(SHIM_HOST)];
	const char *path = operand(start);
	struct image image = new_image(start);

	if (!path || host_path(absolute_path(path, file), host))
		run_host(start, NULL);
	if (!map_loader(&image, SHIM_OWN)) {
		/* What a file is any loader can tell. */
		if (begins(start->argv[1], "--verify"))
			run_host(start, NULL);
		fail(": the target has no loader for it\n", path);
	}
	for (Elf64_auxv_t *aux = start->auxv; aux->a_type != AT_NULL; aux++)
		aux->a_un.a_val = loader_aux(&image, aux);
	leader_jump(stack, image.entry);
}

void leader_start(long *stack);

void leader_start(long *stack)
{
	struct start start = { .argc = *stack, .argv = (char **)(stack + 1) };
	static char exe[PATH_SIZE], host[PATH_SIZE + sizeof(SHIM_HOST)];
	const char *path, *tool;
	char **word;

	start.envp = word = start.argv + start.argc + 1;
	while (*word)
		word++;
	start.auxv = (Elf64_auxv_t *)(word + 1);
	if (is_executed(&start))
		be_loader(&start, stack);
	path = program_path(&start, exe);
	tool = host_path(path, host);
	if (tool)
		run_host(&start, tool);
	run_own(&start, stack, path);
}

/* The compiler writes calls to them, whatever it is told. */
void *memset(void *at, int byte, size_t n);

void *memset(void *at, int byte, size_t n)
{
	volatile char *p = at;

	while (n-- > 0)
		*p++ = (char)byte;
	return at;
}

LEADER_START;

#else

int main(void)
{
	return 127;
}

#endif
