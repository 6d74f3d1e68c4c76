// SPDX-License-Identifier: Apache-2.0
/*
 * Making, renaming and removing a container's directory. It appears whole and under its final name
 * by one rename(2), and disappears by one. Runs in: nsrun.
 */
#include "nsrun/bridge.h"

#include "base/arena.h"
#include "base/fd.h"
#include "base/path.h"
#include "life/clock.h"
#include "life/life.h"
#include "life/monitor_lock.h"
#include "life/record.h"
#include "life/store.h"
#include "plan/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <unistd.h>

/* as podman writes them: 127.0.0.1:8080->80/tcp */
static const char *port_text(struct arena *arena, const struct published *port)
{
	struct text text = { .arena = arena };
	unsigned more = port->count - 1U;
	bool ipv6 = port->address && strchr(port->address, ':');

	text_add(&text, "%s%s%s:%u", ipv6 ? "[" : "", port->address ? port->address : "0.0.0.0",
		 ipv6 ? "]" : "", port->host);
	if (more > 0)
		text_add(&text, "-%u", port->host + more);
	text_add(&text, "->%u", port->inside);
	if (more > 0)
		text_add(&text, "-%u", port->inside + more);
	text_add(&text, "/%s", port->udp ? "udp" : "tcp");
	return text_string(&text);
}

static void fill(const struct spec *spec, const struct plan *plan, const char *const *argv,
		 struct container *container)
{
	struct arena *arena = spec->arena;
	char cwd[PATH_MAX];

	container->id = spec->container_id;
	container->name = spec->life.name ? spec->life.name
					  : arena_printf(arena, "%.*s", CONTAINER_ID_SHORT,
							 spec->container_id);
	container->created_ns = clock_now_ns();
	container->cwd = getcwd(cwd, sizeof(cwd)) ? arena_strdup(arena, cwd) : "/";
	container->rootfs = path_join(arena, container->cwd, spec->rootfs);
	container->life = spec->life;
	if (spec->userns == USERNS_AUTO)
		container->auto_ids = spec->auto_ids;
	container->tty = plan->tty;
	/* in the foreground it reads what nsrun reads */
	container->interactive = spec->interactive || !spec->life.detach;
	container->box = spec->box.name;
	container->exit_code = -1;
	container->error = "";
	for (size_t i = 0; plan->payload.argv[i]; i++)
		*array_push(arena, &container->command) = plan->payload.argv[i];
	for (size_t i = 0; i < plan->network.published.n; i++)
		*array_push(arena, &container->ports) =
			port_text(arena, &plan->network.published.v[i]);
	for (size_t i = 0; argv[i]; i++)
		*array_push(arena, &container->argv) = argv[i];
	for (size_t i = 0; i < spec->env_files.n; i++) {
		const struct env_change *line = &spec->env_files.v[i];

		*array_push(arena, &container->env_file) =
			line->action == ENV_SET ? arena_printf(arena, "%s=%s", line->name, line->value) :
						  line->name;
	}
	for (char **at = environ; *at; at++)
		if (spec_wants_variable(spec, *at))
			*array_push(arena, &container->environment) = *at;
}

static int write_filter(int dir, const struct plan *plan)
{
	const struct filter_program *filter = &plan->payload.filter;
	const struct life_filter header = { (uint32_t)filter->count, filter->flags };
	auto_close int fd = openat(dir, LIFE_FILTER_FILE,
				   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0 || fd_write_all(fd, &header, sizeof(header)) < 0)
		return -1;
	return fd_write_all(fd, filter->bytes, filter->count * sizeof(struct sock_filter));
}

static int write_files(const struct plan *plan, const struct container *container,
		       struct error *err)
{
	const struct record created = { .status = RECORD_CREATED, .exit_code = -1 };

	if (record_write_config(plan->arena, container->dir, container, err) < 0 ||
	    record_write_state(plan->arena, container->dir, &created, err) < 0)
		return -1;
	if (write_filter(container->dir, plan) < 0)
		return error_set(err, "state-write", errno,
				 "cannot write the container's system call filter");
	return 0;
}

static int refuse_name(struct arena *arena, const char *name, struct error *err)
{
	struct container *other;
	struct error unused;

	error_set(err, "container-exists", 0, "the name '%s' is in use", name);
	if (container_find(arena, name, &other, &unused) == 0) {
		error_set(err, "container-exists", 0,
			  "the name '%s' is in use by the container %.*s", name, CONTAINER_ID_SHORT,
			  other->id);
		container_close(other);
	}
	return error_set_arg(err, "%s", name);
}

static int make(int containers, const struct plan *plan, struct container *container,
		struct error *err)
{
	char temporary[NAME_MAX];
	int saved;

	snprintf(temporary, sizeof(temporary), ".new-%s", container->id);
	if (mkdirat(containers, temporary, 0700) < 0)
		return error_set(err, "state-write", errno,
				 "cannot make the container's directory");
	container->dir =
		openat(containers, temporary, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (container->dir < 0 || store_lock_directory(container->dir) < 0) {
		error_set(err, "state-write", errno, "cannot open the container's directory");
	} else if (write_files(plan, container, err) == 0) {
		if (store_publish(containers, temporary, container->name) == 0)
			return 0;
		saved = errno;
		store_discard(containers, temporary);
		if (saved == EEXIST)
			return refuse_name(plan->arena, container->name, err);
		return error_set(err, "state-write", saved, "cannot name the container '%s'",
				 container->name);
	}
	store_discard(containers, temporary);
	return -1;
}

int container_create(const struct spec *spec, const struct plan *plan, const char *const *argv,
		     struct container **ret, struct error *err)
{
	struct container *container = arena_alloc(spec->arena, sizeof(*container));
	auto_close int containers = store_open_first(spec->arena, err);
	struct container *other;

	if (containers < 0)
		return -1;
	store_sweep(containers);
	container->dir = container->pidfd = -1;
	fill(spec, plan, argv, container);
	/* the name may be taken in another of the places */
	if (life_find_name(spec->arena, container->name, &other) == 0) {
		container_close(other);
		return refuse_name(spec->arena, container->name, err);
	}
	if (make(containers, plan, container, err) < 0) {
		container_close(container);
		return -1;
	}
	*ret = container;
	return 0;
}

/* the directory in which a container's own lies, and the name that it has there now */
static int open_parent(const struct container *container, char *name, size_t size,
		       struct error *err)
{
	char path[64];
	ssize_t length;
	char *slash;
	int parent = openat(container->dir, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	snprintf(path, sizeof(path), "/proc/self/fd/%d", container->dir);
	length = readlinkat(AT_FDCWD, path, name, size - 1);
	if (parent >= 0 && length > 0) {
		name[length] = '\0';
		slash = strrchr(name, '/');
		if (slash) {
			memmove(name, slash + 1, strlen(slash + 1) + 1);
			return parent;
		}
	}
	fd_close(parent);
	return error_set(err, "container-unknown", errno, "the container '%s' is gone",
			 container->name);
}

int container_rename(struct arena *arena, struct container *container, const char *name,
		     struct error *err)
{
	struct container *other;
	char current[PATH_MAX];
	auto_close int parent = -1;

	if (container_name_check(name, err) < 0)
		return -1;
	/* the name may be taken in another of the places */
	if (life_find_name(arena, name, &other) == 0) {
		container_close(other);
		return refuse_name(arena, name, err);
	}
	parent = open_parent(container, current, sizeof(current), err);
	if (parent < 0)
		return -1;
	if (store_publish(parent, current, name) == 0)
		return 0;
	if (errno == EEXIST)
		return refuse_name(arena, name, err);
	return error_set(err, "state-write", errno, "cannot rename '%s' to '%s'", current, name);
}

void life_retell_name(struct arena *arena, const struct container *container)
{
	char current[PATH_MAX];
	struct error unused;
	auto_close int parent = open_parent(container, current, sizeof(current), &unused);

	if (parent >= 0 && *current != '.' && strcmp(current, container->name) != 0)
		bridge_rename(arena, container->pidfd, current);
}

bool life_is_kept(const struct container *container)
{
	struct error unused;
	char current[PATH_MAX];
	auto_close int parent = open_parent(container, current, sizeof(current), &unused);

	return parent >= 0 && *current != '.';
}

/* by its name, which may have been given to another one since it was read */
static int unname(const struct container *container, int parent, const char *name, const char *gone)
{
	struct stat own, taken;

	if (renameat(parent, name, parent, gone) < 0)
		return -1;
	if (fstat(container->dir, &own) == 0 &&
	    fstatat(parent, gone, &taken, AT_SYMLINK_NOFOLLOW) == 0 && own.st_ino == taken.st_ino)
		return 0;
	renameat2(parent, gone, parent, name, RENAME_NOREPLACE);
	return errno = EBUSY, -1;
}

/* no directory, or one that is closed to us: nothing that could hold a container */
static int discard_unopened(const struct container *container, struct error *err)
{
	static struct arena arena; /* a few short paths, by a process that ends soon */
	struct store store;
	bool removed = false;

	store_open(&arena, &store);
	for (size_t i = 0; i < store.n && !removed; i++)
		removed = unlinkat(store.fd[i], container->name, 0) == 0 ||
			  (errno == EISDIR &&
			   fchmodat(store.fd[i], container->name, 0700, 0) == 0 &&
			   store_discard(store.fd[i], container->name) == 0);
	store_close(&store);
	if (removed)
		return 0;
	return error_set(err, "state-write", errno, "cannot remove '%s'", container->name);
}

int life_discard(struct container *container, struct error *err)
{
	char current[PATH_MAX], gone[NAME_MAX];
	auto_close int parent = -1;

	if (container->dir < 0)
		return discard_unopened(container, err);
	parent = open_parent(container, current, sizeof(current), err);
	if (parent < 0)
		return -1;
	snprintf(gone, sizeof(gone), ".gone-%.64s-%d", *container->id ? container->id : "damaged",
		 (int)getpid());
	if (unname(container, parent, current, gone) < 0)
		return error_set(err, "state-write", errno, "cannot remove '%s'", current);
	/* somebody may have swept it up already */
	if (store_discard(parent, gone) < 0 && errno != ENOENT)
		return error_set(err, "state-write", errno, "cannot remove all of '%s'", current);
	return 0;
}
