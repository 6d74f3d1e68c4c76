// SPDX-License-Identifier: Apache-2.0
/* Which processes belong to a container. Runs in: nsrun. */
#include "life/members.h"

#include "base/arena.h"
#include "base/fd.h"
#include "sys/process.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

/**
 * struct mark - By which namespace a container's processes are known
 * @file:   "ns/pid" or "ns/user"; NULL: all of them are the host's
 * @mounts: with "ns/user" its mount namespace, else 0. A network helper that begins is in the user namespace,
 *	    too, but sees files of its own or the host's: so who does counts only where he descends from a member.
 */
struct mark {
	const char *file;
	uint64_t own;
	uint64_t theirs;
	uint64_t mounts;
};

/* 0: it may not be looked at */
static uint64_t namespace_of(int dir, const char *file)
{
	struct stat st;

	return fstatat(dir, file, &st, 0) < 0 ? 0 : (uint64_t)st.st_ino;
}

static struct mark find_mark(int init)
{
	static const char *const files[] = { "ns/pid", "ns/user" };
	auto_close int self = openat(AT_FDCWD, "/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct mark mark = { files[i], namespace_of(self, files[i]),
				     namespace_of(init, files[i]),
				     i == 0 ? 0 : namespace_of(init, "ns/mnt") };

		if (mark.theirs && mark.theirs != mark.own)
			return mark;
	}
	return (struct mark){ .file = NULL };
}

static bool is_marked(const struct mark *mark, int dir, uint64_t namespace)
{
	if (!mark->file || namespace != mark->theirs)
		return false;
	return mark->mounts == 0 || namespace_of(dir, "ns/mnt") == mark->mounts;
}

static void look_at(struct arena *arena, const struct mark *mark, pid_t pid, nsrun_members *ret)
{
	auto_close int dir = process_directory(pid);
	struct member member = { .belongs = false };

	if (dir < 0)
		return;
	if (mark->file)
		member.namespace = namespace_of(dir, mark->file);
	/* from a namespace of the container nobody comes back to the caller's */
	if (mark->file && member.namespace == mark->own)
		return;
	if (process_read(dir, &member.facts) < 0)
		return; /* it has ended */
	member.belongs = is_marked(mark, dir, member.namespace);
	*array_push(arena, ret) = member;
}

static int by_pid(const void *a, const void *b)
{
	pid_t one = ((const struct member *)a)->facts.pids[0];
	pid_t other = ((const struct member *)b)->facts.pids[0];

	return one < other ? -1 : one > other;
}

static struct member *find_member(const nsrun_members *members, pid_t pid)
{
	struct member key = { .facts.pids = { pid } };

	return members->n == 0 ?
		       NULL :
		       bsearch(&key, members->v, members->n, sizeof(key), by_pid);
}

/* what descends from a member is one */
static void spread(const nsrun_members *members)
{
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < members->n; i++) {
			struct member *member = &members->v[i];
			const struct member *parent =
				member->belongs ? NULL : find_member(members, member->facts.parent);

			if (parent && parent->belongs)
				member->belongs = more = true;
		}
	}
}

static void drop_others(nsrun_members *members)
{
	size_t kept = 0;

	for (size_t i = 0; i < members->n; i++)
		if (members->v[i].belongs)
			members->v[kept++] = members->v[i];
	members->n = kept;
}

int members_list(struct arena *arena, const struct container *container, nsrun_members *ret,
		 size_t *ret_level, struct error *err)
{
	auto_close int init = process_directory(container->pid);
	struct mark mark = find_mark(init);
	process_pids pids;
	struct member *first;

	*ret = (nsrun_members){ .n = 0 };
	if (process_list(arena, &pids) < 0)
		return error_set(err, "proc", errno, "cannot list '/proc'");
	for (size_t i = 0; i < pids.n; i++)
		look_at(arena, &mark, pids.v[i], ret);
	if (ret->n > 0)
		qsort(ret->v, ret->n, sizeof(ret->v[0]), by_pid);
	first = find_member(ret, container->pid);
	/* all that was read of its pid was about it if it lives still */
	if (!first || container->pidfd < 0 || process_has_ended(container->pidfd)) {
		error_set(err, "container-not-running", 0, "the container '%s' does not run",
			  container->name);
		return error_set_arg(err, "%s", container->name);
	}
	first->belongs = true;
	*ret_level = first->facts.n_pids - 1;
	spread(ret);
	drop_others(ret);
	return 0;
}

int member_open(const struct member *member)
{
	auto_close int dir = process_directory(member->facts.pids[0]);
	struct process_facts now;

	if (dir < 0 || process_read(dir, &now) < 0 ||
	    now.start_ticks != member->facts.start_ticks)
		return -1;
	return take_fd(&dir);
}
