// SPDX-License-Identifier: Apache-2.0
/* Finding containers: by name, by id, all of them; and what they do. Runs in: nsrun. */
#include "base/arena.h"
#include "base/fd.h"
#include "life/life.h"
#include "life/monitor_lock.h"
#include "life/record.h"
#include "life/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* struct here - Where nsrun looks from: which boot, and whose pids */
struct here {
	bool known;
	char boot_id[BOOT_ID_SIZE];
	uint64_t viewer;
};

/* it stays the same as long as nsrun runs, and a list asks for each container */
static const struct here *look_around(void)
{
	static struct here here;

	if (!here.known) {
		here.viewer = process_pid_namespace();
		here.known = process_boot_id(here.boot_id) == 0 && here.viewer != 0;
	}
	return &here;
}

/* whether a process of the record can still exist, and its pid means something here */
static bool is_of_now(const struct record *record)
{
	const struct here *here = look_around();

	if (*here->boot_id && strcmp(here->boot_id, record->boot_id) != 0)
		return false;
	return record->viewer == 0 || record->viewer == here->viewer;
}

int record_open_process(const struct record *record)
{
	errno = ESRCH;
	if ((record->status != RECORD_STARTING && record->status != RECORD_RUNNING) ||
	    !is_of_now(record))
		return -1;
	return process_open(&record->init);
}

static void judge(struct container *container, const struct record *record)
{
	fd_close(take_fd(&container->pidfd));
	container->pid = 0;
	container->starting = false;
	container->started_ns = record->started_ns;
	container->finished_ns = record->finished_ns;
	container->exit_code = record->exit_code;
	container->restarts = record->restarts;
	container->error = record->error;
	container->cgroup = record->cgroup;
	container->status = record->status == RECORD_CREATED ? CONTAINER_CREATED : CONTAINER_EXITED;
	if (record->status != RECORD_STARTING && record->status != RECORD_RUNNING)
		return;
	container->pidfd = record_open_process(record);
	if (container->pidfd < 0 && errno != ESRCH) {
		container->status = CONTAINER_DAMAGED; /* not ended, as far as can be told */
		error_set(&container->damage, "state-damaged", errno,
			  "it cannot be seen whether its process runs");
		return;
	}
	if (container->pidfd < 0) {
		container->exit_code = -1; /* ended, and nobody has written how */
		return;
	}
	container->pid = record->init.pid;
	container->starting = record->status == RECORD_STARTING;
	container->status = faccessat(container->dir, LIFE_PAUSED_FILE, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ?
				    CONTAINER_PAUSED : CONTAINER_RUNNING;
}

void life_read_state(struct arena *arena, struct container *container)
{
	struct record record;

	if (container->status == CONTAINER_DAMAGED)
		return;
	if (record_read_state(arena, container->dir, &record, &container->damage) < 0)
		container->status = CONTAINER_DAMAGED;
	else
		judge(container, &record);
}

void container_refresh(struct arena *arena, struct container *container)
{
	container->monitor = monitor_lock_holder(container->dir);
	life_read_state(arena, container);
}

int container_refuse_damaged(const struct container *container, struct error *err)
{
	error_set(err, "state-damaged", 0, "the container '%s' is damaged: %s", container->name,
		  container->damage.text);
	return error_set_arg(err, "%s", container->name);
}

void container_close(struct container *container)
{
	fd_close(take_fd(&container->dir));
	fd_close(take_fd(&container->pidfd));
}

/* between its being opened and its being read */
static bool was_removed(const struct container *container)
{
	return container->status == CONTAINER_DAMAGED && container->dir >= 0 &&
	       container->damage.errnum == ENOENT && !life_is_kept(container);
}

/* NULL with errno when there is no such directory, or none any more */
static struct container *open_container(struct arena *arena, int containers, const char *name)
{
	struct container *container;
	int dir = openat(containers, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (dir < 0 && errno != ENOTDIR && errno != ELOOP && errno != EACCES)
		return NULL;
	container = arena_alloc(arena, sizeof(*container));
	container->dir = dir;
	container->pidfd = -1;
	container->name = arena_strdup(arena, name);
	container->id = container->rootfs = container->cwd = container->error = "";
	if (dir < 0) {
		container->status = CONTAINER_DAMAGED;
		error_set(&container->damage, "state-damaged", errno, "it cannot be opened");
	} else if (record_read_config(arena, container, &container->damage) < 0) {
		container->status = CONTAINER_DAMAGED;
	} else {
		container_refresh(arena, container);
	}
	if (!was_removed(container))
		return container;
	container_close(container);
	errno = ENOENT;
	return NULL;
}

static int open_by_name(struct arena *arena, const char *name, struct container **ret)
{
	struct store store;

	*ret = NULL;
	store_open(arena, &store);
	for (size_t i = 0; i < store.n && !*ret; i++)
		*ret = open_container(arena, store.fd[i], name);
	store_close(&store);
	return *ret ? 0 : -1;
}

static int scan(struct arena *arena, int containers, nsrun_containers *ret)
{
	DIR *stream = fdopendir(openat(containers, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	const struct dirent *entry;
	int result = 0, errnum = 0;

	if (!stream)
		return -1;
	while ((entry = readdir(stream))) {
		struct container *container;

		if (entry->d_name[0] == '.')
			continue;
		container = open_container(arena, containers, entry->d_name);
		if (!container && errno != ENOENT)
			result = -1, errnum = errno;
		if (!container)
			continue;
		container_close(container); /* there may be more than descriptors */
		*array_push(arena, ret) = container;
	}
	closedir(stream);
	errno = errnum;
	return result;
}

static int by_age(const void *a, const void *b)
{
	const struct container *one = *(const struct container *const *)a;
	const struct container *other = *(const struct container *const *)b;

	if (one->created_ns != other->created_ns)
		return one->created_ns < other->created_ns ? -1 : 1;
	return strcmp(one->name, other->name);
}

int container_list(struct arena *arena, nsrun_containers *ret, struct error *err)
{
	struct store store;
	int result;

	*ret = (nsrun_containers){ .n = 0 };
	store_open(arena, &store);
	result = store_is_whole(&store, err);
	for (size_t i = 0; i < store.n; i++)
		if (scan(arena, store.fd[i], ret) < 0)
			result = error_set(err, "state-directory", errno, "cannot list '%s'",
					   store.path[i]);
	store_close(&store);
	if (ret->n > 0)
		qsort(ret->v, ret->n, sizeof(ret->v[0]), by_age);
	return result;
}

static int find_by_id(struct arena *arena, const char *word, struct container **ret,
		      struct error *err)
{
	const struct container *found = NULL;
	nsrun_containers all;
	size_t length = strlen(word);

	*ret = NULL;
	if (container_list(arena, &all, err) < 0)
		return -1;
	for (size_t i = 0; i < all.n; i++) {
		if (strncmp(all.v[i]->id, word, length) != 0 || *all.v[i]->id == '\0')
			continue;
		if (found)
			return error_set(err, "container-ambiguous", 0,
					 "more than one container's id begins with '%s'", word);
		found = all.v[i];
	}
	return found ? container_find_again(arena, found, ret, err) : 0;
}

int container_find_again(struct arena *arena, const struct container *listed,
			 struct container **ret, struct error *err)
{
	struct store store;
	int errnum = ENOENT;

	*ret = NULL;
	store_open(arena, &store);
	/* of that name there may be one in each place */
	for (size_t i = 0; i < store.n && !*ret; i++) {
		*ret = open_container(arena, store.fd[i], listed->name);
		if (!*ret && errno != ENOENT)
			errnum = errno;
		if (*ret && strcmp((*ret)->id, listed->id) != 0) {
			container_close(*ret);
			*ret = NULL;
		}
	}
	store_close(&store);
	if (*ret)
		return 0;
	if (errnum != ENOENT)
		return error_set(err, "state-directory", errnum, "cannot look at the container '%s'",
				 listed->name);
	return error_set(err, "container-unknown", 0, "the container '%s' is gone", listed->name);
}

int life_find_name(struct arena *arena, const char *name, struct container **ret)
{
	struct error unused;

	return container_name_check(name, &unused) < 0 ? -1 : open_by_name(arena, name, ret);
}

int container_find(struct arena *arena, const char *word, struct container **ret, struct error *err)
{
	if (life_find_name(arena, word, ret) == 0)
		return 0;
	*ret = NULL;
	if (*word && find_by_id(arena, word, ret, err) < 0)
		return -1;
	if (!*ret)
		return error_set(err, "container-unknown", 0, "there is no container '%s'", word);
	return 0;
}
