// SPDX-License-Identifier: Apache-2.0
/*
 * nsrun cp: the process that enters the container, and the one that stays outside with the caller's
 * rights. Inside, no program of the container is run and no library of it is loaded; what it can
 * change under us is what its own root can change, and nothing else. Runs in: nsrun, and its child.
 */
#include "life/copy.h"

#include "base/arena.h"
#include "base/fd.h"
#include "base/file.h"
#include "life/life.h"
#include "plan/plan.h"
#include "sys/capability.h"
#include "sys/idmap.h"
#include "sys/namespace.h"
#include "sys/process.h"
#include "sys/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAP_SIZE 16384

/* what root of the container needs to reach every file of its own, and no more */
#define INSIDE_CAPABILITIES                                                                        \
	(CAPABILITY(CAP_CHOWN) | CAPABILITY(CAP_DAC_OVERRIDE) | CAPABILITY(CAP_DAC_READ_SEARCH) |  \
	 CAPABILITY(CAP_FOWNER))

/**
 * struct copy - A copy under way
 * @idle:       the container runs for the copy alone, by this plan; else NULL
 * @namespaces: CLONE_NEW* that the inner process enters
 * @uid, @gid:  the container's root; ID_NONE: without a user namespace of its own
 */
struct copy {
	struct container *container;
	const struct plan *idle;
	const char *inside;
	const char *outside;
	bool into;
	int namespaces;
	uint32_t uid;
	uint32_t gid;
	bool setgroups;
	nsrun_notice notice;
	void *arg;
};

/* --- inside --- */

static int enter(const struct copy *copy, struct error *err)
{
	const struct capability_sets sets = { .bounding = INSIDE_CAPABILITIES,
					      .permitted = INSIDE_CAPABILITIES,
					      .effective = INSIDE_CAPABILITIES };

	/* before anything is shared: nobody in there may look into us */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return error_set(err, "copy", errno, "cannot make a process undumpable");
	if (setns(copy->container->pidfd, copy->namespaces) < 0)
		return error_set(err, "copy", errno, "cannot enter the container '%s'",
				 copy->container->name);
	if (copy->uid != ID_NONE &&
	    ((copy->setgroups && syscall(SYS_setgroups, 0, NULL) < 0) ||
	     syscall(SYS_setresgid, copy->gid, copy->gid, copy->gid) < 0 ||
	     syscall(SYS_setresuid, copy->uid, copy->uid, copy->uid) < 0))
		return error_set(err, "copy", errno, "cannot become root of the container '%s'",
				 copy->container->name);
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_set(err, "copy", errno, "cannot confine a process");
	umask(0);
	return capability_set(&sets, err);
}

/* whether what is written below a mount ends with the container */
static bool is_fleeting(const struct mount *mount)
{
	return mount->type != MOUNT_BIND && !(mount->type == MOUNT_OVERLAY && mount->upper);
}

static int find_device(const struct copy_place *place, const char *path, dev_t *ret)
{
	auto_close int fd = copy_place_open(place, path, O_PATH);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	*ret = st.st_dev;
	return 0;
}

/* the file systems that are there for this copy only, told by their numbers: each has its own */
static void find_lost(const struct copy *copy, struct arena *arena, struct copy_place *place)
{
	const struct plan *plan = copy->idle;
	NSRUN_ARRAY(dev_t) lost = { .n = 0 };
	dev_t root, device;

	if (!plan || find_device(place, "/", &root) < 0)
		return;
	if (plan->rootfs.overlay && !plan->rootfs.overlay_dir)
		*array_push(arena, &lost) = root;
	for (size_t i = 0; i < plan->mounts.n; i++)
		if (is_fleeting(&plan->mounts.v[i]) &&
		    find_device(place, plan->mounts.v[i].destination, &device) == 0 &&
		    device != root)
			*array_push(arena, &lost) = device;
	place->lost = lost.v;
	place->n_lost = lost.n;
}

static int work_inside(const struct copy *copy, int socket, struct error *err)
{
	struct copy_place place = { .path = copy->inside };
	struct arena arena = { .blocks = NULL };
	auto_close int root = -1;

	if (enter(copy, err) < 0)
		return -1;
	/* the root of its mount namespace, in which we are */
	root = openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return error_set(err, "copy", errno, "cannot open the root of the container '%s'",
				 copy->container->name);
	place.root = root;
	if (copy->into)
		find_lost(copy, &arena, &place);
	return copy->into ? copy_receive(socket, &place, 0, NULL, NULL, err) :
			    copy_send(socket, &place, NULL, NULL, err);
}

_Noreturn static void be_inside(const struct copy *copy, int socket)
{
	int keep[] = { socket, copy->container->pidfd };
	struct copy_message reply = { .type = COPY_DONE };
	struct error err;

	/* nothing of the host comes along but this socket; the pidfd is closed with the process */
	if (fd_close_others(0, keep, sizeof(keep) / sizeof(keep[0])) < 0) {
		error_set(&err, "copy", errno, "cannot close descriptors");
		reply.type = COPY_FAILED;
	} else if (work_inside(copy, socket, &err) < 0) {
		reply.type = COPY_FAILED;
	}
	if (reply.type == COPY_FAILED) {
		reply.error = err;
		error_set_arg(&reply.error, "%s", copy->container->name); /* what most advice needs */
	}
	if (copy->into || reply.type == COPY_FAILED)
		copy_message_send(socket, &reply, -1);
	_exit(0);
}

/* --- outside --- */

/* the receiver inside has the last word: also on why it is not there any more */
static int hear_reply(int socket, struct error *err)
{
	struct copy_message reply;
	int attached;
	int n = copy_message_receive(socket, &reply, &attached);

	fd_close(attached);
	if (n > 0 && reply.type == COPY_DONE)
		return 0;
	if (n > 0 && reply.type == COPY_FAILED)
		return *err = reply.error, -1;
	return error_set(err, "copy-peer", 0, "the process inside the container died");
}

static int work_outside(const struct copy *copy, int socket, struct error *err)
{
	const struct copy_place place = { .root = AT_FDCWD, .path = copy->outside };
	mode_t mask = umask(0);

	umask(mask);
	if (!copy->into)
		return copy_receive(socket, &place, mask, copy->notice, copy->arg, err);
	if (copy_send(socket, &place, copy->notice, copy->arg, err) < 0) {
		/* whoever is gone has said why */
		if (strcmp(err->id, "copy-peer") == 0)
			hear_reply(socket, err);
		return -1;
	}
	return hear_reply(socket, err);
}

/* --- before --- */

static uint32_t root_of(const nsrun_idmaps *maps)
{
	uint32_t lowest = ID_NONE;

	for (size_t i = 0; i < maps->n; i++)
		if (maps->v[i].inside < lowest)
			lowest = maps->v[i].inside;
	return lowest;
}

static int read_root(struct arena *arena, pid_t pid, const char *name, uint32_t *ret)
{
	char path[64], text[MAP_SIZE];
	nsrun_idmaps maps = { .n = 0 };

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	if (file_read(AT_FDCWD, path, text, sizeof(text)) < 0 ||
	    idmap_parse_proc(arena, text, &maps) < 0)
		return -1;
	*ret = root_of(&maps);
	return 0;
}

static bool is_shared(pid_t pid, enum ns_kind kind)
{
	char theirs[64], own[64];
	struct stat one, other;

	snprintf(theirs, sizeof(theirs), "/proc/%d/ns/%s", (int)pid, ns_kind_info(kind)->proc_name);
	snprintf(own, sizeof(own), "/proc/self/ns/%s", ns_kind_info(kind)->proc_name);
	return fstatat(AT_FDCWD, theirs, &one, 0) == 0 && fstatat(AT_FDCWD, own, &other, 0) == 0 &&
	       one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

static int prepare(struct copy *copy, struct error *err)
{
	const struct container *container = copy->container;
	struct arena arena = { .blocks = NULL };
	char text[16] = "";
	char path[64];

	copy->uid = copy->gid = ID_NONE;
	copy->namespaces = CLONE_NEWNS;
	if (!is_shared(container->pid, NS_USER)) {
		copy->namespaces |= CLONE_NEWUSER;
		if (read_root(&arena, container->pid, "uid_map", &copy->uid) < 0 ||
		    read_root(&arena, container->pid, "gid_map", &copy->gid) < 0)
			return error_set(err, "copy", errno,
					 "cannot read the id maps of the container '%s'",
					 container->name);
		snprintf(path, sizeof(path), "/proc/%d/setgroups", (int)container->pid);
		copy->setgroups = file_read(AT_FDCWD, path, text, sizeof(text)) > 0 && *text != 'd';
	}
	arena_free_all(&arena);
	/* what was read by its pid was about it, if it lives now */
	if (process_has_ended(container->pidfd))
		return error_set(err, "container-not-running", 0, "the container '%s' has just ended",
				 container->name);
	return 0;
}

static int work(void *arg, struct error *err)
{
	struct copy *copy = arg;
	int ends[2], pidfd = -1, result;
	pid_t pid;

	if (prepare(copy, err) < 0)
		return -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return error_set(err, "copy", errno, "cannot make a channel into the container");
	pid = sys_clone_process(0, &pidfd);
	if (pid == 0) {
		fd_close(ends[0]);
		be_inside(copy, ends[1]);
	}
	fd_close(ends[1]);
	if (pid < 0) {
		fd_close(ends[0]);
		return error_set(err, "copy", errno, "cannot make a process");
	}
	result = work_outside(copy, ends[0], err);
	fd_close(ends[0]);
	life_kill(pidfd, SIGKILL); /* it has nothing more to do, whatever holds it up */
	fd_close(pidfd);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return result;
}

static int run(struct copy *copy, struct error *err)
{
	struct container *container = copy->container;
	int result = 1;

	if (life_await_command(container, err) < 0)
		return -1;
	if (container->pidfd < 0 && copy->idle)
		result = life_visit(container, copy->idle, work, copy, copy->notice, copy->arg, err);
	if (result <= 0)
		return result;
	copy->idle = NULL;
	if (life_await_command(container, err) < 0)
		return -1;
	if (container->pidfd >= 0)
		return work(copy, err);
	error_set(err, "container-not-running", 0, "the container '%s' does not run",
		  container->name);
	return error_set_arg(err, "%s", container->name);
}

int container_copy_in(struct container *container, const struct plan *idle, const char *outside,
		      const char *inside, nsrun_notice notice, void *arg, struct error *err)
{
	struct copy copy = { .container = container, .idle = idle, .inside = inside,
			     .outside = outside, .into = true, .notice = notice, .arg = arg };

	return run(&copy, err);
}

int container_copy_out(struct container *container, const struct plan *idle, const char *inside,
		       const char *outside, nsrun_notice notice, void *arg, struct error *err)
{
	struct copy copy = { .container = container, .idle = idle, .inside = inside,
			     .outside = outside, .notice = notice, .arg = arg };

	return run(&copy, err);
}
