// SPDX-License-Identifier: Apache-2.0
/* Keeping nsrun's own binary out of a container's reach. Runs in: supervisor. */
#include "run/own_program.h"

#include "base/arena.h"
#include "base/fd.h"
#include "sys/idmap.h"
#include "sys/program.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* Linux 6.3 */
#endif

#define COMMAND_LINE_MAX ((size_t)8 << 20) /* beyond what execve(2) takes by default */

extern char **environ;

static bool container_may_write(const struct plan *plan, const struct stat *st)
{
	if (st->st_mode & 022)
		return true;
	switch (plan->ns[NS_USER].mode) {
	case NS_PRIVATE:
		return idmap_has_outside(plan->uid_maps.v, plan->uid_maps.n, st->st_uid);
	case NS_HOST:
		return true;
	default:
		if (plan->uid_maps.n > 0)
			return idmap_has_outside(plan->uid_maps.v, plan->uid_maps.n, st->st_uid);
		/* whose ids a joined namespace has is not known; only root joins one that has root's */
		return st->st_uid != 0 || geteuid() == 0;
	}
}

static int copy_sealed(int from, off_t size)
{
	auto_close int memory = memfd_create("nsrun", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);

	if (memory < 0 && errno == EINVAL)
		memory = memfd_create("nsrun", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (memory < 0)
		return -1;
	while (size > 0) {
		ssize_t n = sendfile(memory, from, NULL, (size_t)size);

		if (n <= 0)
			return -1;
		size -= n;
	}
	if (fchmod(memory, 0555) < 0 ||
	    fcntl(memory, F_ADD_SEALS,
		  F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
		return -1;
	return take_fd(&memory);
}

/* the own argument vector, as the kernel has it */
static char **read_command_line(struct arena *arena)
{
	auto_close int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	NSRUN_ARRAY(char *) argv = { .n = 0 };
	char *text = arena_alloc(arena, COMMAND_LINE_MAX);
	ssize_t length = fd < 0 ? -1 : fd_read_full(fd, text, COMMAND_LINE_MAX - 1);

	if (length <= 0)
		return NULL;
	for (char *at = text; at < text + length; at += strlen(at) + 1)
		*array_push(arena, &argv) = at;
	*array_push(arena, &argv) = NULL;
	return argv.v;
}

static int execute_anew(const struct plan *plan, int program, off_t size, struct error *err)
{
	auto_close int copy = copy_sealed(program, size);
	char **argv = read_command_line(plan->arena);

	/* the copy has no directory: say where the helper that lies beside the original is */
	if (copy >= 0 && argv && program_remember_self() == 0)
		fexecve(copy, argv, environ);
	return error_set(err, "own-program", errno,
			 "cannot execute a copy of nsrun that the container cannot write");
}

/* a file on tmpfs that is no memfd has seals, too: that against more of them */
static bool is_copy(int program)
{
	int seals = fcntl(program, F_GET_SEALS);

	return seals >= 0 && seals & F_SEAL_WRITE;
}

int own_program_protect(const struct plan *plan, struct error *err)
{
	auto_close int program = -1;
	struct stat st;

	if (stat("/proc/self/exe", &st) == 0 && !container_may_write(plan, &st))
		return 0;
	program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (program < 0 || fstat(program, &st) < 0)
		return error_set(err, "own-program", errno, "cannot open '/proc/self/exe'");
	if (is_copy(program))
		return 0;
	if (plan->env_pipe)
		return error_set(err, "env-file-pipe", 0,
				 "the environment file '%s' can be read once only, and nsrun reads it "
				 "again in a copy of itself, since the container could write this one",
				 plan->env_pipe);
	return execute_anew(plan, program, st.st_size, err);
}
