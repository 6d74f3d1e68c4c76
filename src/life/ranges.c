// SPDX-License-Identifier: Apache-2.0
/* Ranges of subordinate ids that are given to one container each. */
#include "life/ranges.h"

#include "base/arena.h"
#include "base/fd.h"
#include "base/file.h"
#include "life/store.h"
#include "sys/idmap.h"
#include "sys/process.h"
#include "sys/process_facts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/pidfd.h>
#include <sys/stat.h>

#define LOCK_FILE   ".ranges" /* beside the containers; a name with a dot is none of theirs */
#define GROUPS_BASE ((off_t)1 << 32)
#define MAP_MAX     128 /* of bytes: what has one extent is shorter */

/** struct side - The ids of users or of groups; @base: where their bytes of the lock file begin */
struct side {
	const struct subid_fact *fact;
	off_t base;
	bool groups;
};

uint32_t ranges_first_free(const nsrun_subids *own, const nsrun_subids *used, uint32_t count)
{
	for (size_t i = 0; i < own->n; i++) {
		uint64_t id = own->v[i].start, end = id + own->v[i].count;
		bool moved = true;

		while (moved && id + count <= end) {
			moved = false;
			for (size_t j = 0; j < used->n; j++) {
				uint64_t first = used->v[j].start, past = first + used->v[j].count;

				if (first < id + count && past > id) {
					id = past;
					moved = true;
				}
			}
		}
		if (id + count <= end)
			return (uint32_t)id;
	}
	return ID_NONE;
}

static int read_used(struct arena *arena, const struct side *side, nsrun_subids *used,
		     struct error *err)
{
	nsrun_containers all;

	if (container_list(arena, &all, err) < 0)
		return -1;
	for (size_t i = 0; i < all.n; i++) {
		const struct auto_ids *ids = &all.v[i]->auto_ids;

		/* which ids it has is not known, and it may run */
		if (all.v[i]->status == CONTAINER_DAMAGED) {
			error_set(err, "state-damaged", 0,
				  "no range of ids is surely free: the container '%s' is damaged",
				  all.v[i]->name);
			return error_set_arg(err, "%s", all.v[i]->name);
		}
		if (ids->count > 0)
			*array_push(arena, used) = (struct subid_range){
				side->groups ? ids->gid : ids->uid, ids->count
			};
		container_close(all.v[i]);
	}
	return 0;
}

/* the one of @ranges that has all of @range, or NULL */
static const struct subid_range *holder_of(const nsrun_subids *ranges,
					   const struct subid_range *range)
{
	for (size_t i = 0; i < ranges->n; i++)
		if (range->start >= ranges->v[i].start &&
		    (uint64_t)range->start + range->count <=
			    (uint64_t)ranges->v[i].start + ranges->v[i].count)
			return &ranges->v[i];
	return NULL;
}

bool ranges_is_part(const nsrun_subids *own, const struct subid_range *range)
{
	const struct subid_range *line = holder_of(own, range);

	return line && range->count > 0 && range->count < line->count;
}

/* Whether a process runs under an id of the ranges: a network helper, which is in the user namespace
 * as the caller, does not, nor does one that has ended and is not waited for yet. */
static bool runs_under(pid_t pid, int dir, const struct side *side)
{
	auto_close int pidfd = -1;
	struct stat st;

	if (fstat(dir, &st) < 0 ||
	    !holder_of(&side->fact->ranges,
		       &(struct subid_range){ side->groups ? st.st_gid : st.st_uid, 1 }))
		return false;
	pidfd = pidfd_open(pid, 0);
	return pidfd >= 0 && !process_has_ended(pidfd);
}

/* the ids outside of its map, where that is one extent and it runs; else @ret_range->count is 0 */
static void read_map(struct arena *arena, pid_t pid, const struct side *side,
		     struct subid_range *ret_range)
{
	auto_close int dir = process_directory(pid);
	nsrun_idmaps maps = { .n = 0 };
	char text[MAP_MAX];

	*ret_range = (struct subid_range){ .count = 0 };
	if (dir >= 0 && runs_under(pid, dir, side) &&
	    file_read(dir, side->groups ? "gid_map" : "uid_map", text, sizeof(text)) > 0 &&
	    idmap_parse_proc(arena, text, &maps) == 0 && maps.n == 1)
		*ret_range = (struct subid_range){ maps.v[0].outside, maps.v[0].count };
}

/* What runs with a part of the caller's ids, wherever its state is. */
static int read_running(struct arena *arena, const struct side *side, nsrun_subids *running,
			struct error *err)
{
	process_pids pids;

	if (process_list(arena, &pids) < 0)
		return error_set(err, "no-proc", errno, "cannot read '/proc'");
	for (size_t i = 0; i < pids.n; i++) {
		struct subid_range range;

		read_map(arena, pids.v[i], side, &range);
		if (ranges_is_part(&side->fact->ranges, &range) && !holder_of(running, &range))
			*array_push(arena, running) = range;
	}
	return 0;
}

static struct flock whole(const struct side *side, uint32_t start, uint32_t count, short type)
{
	return (struct flock){ .l_type = type,
			       .l_whence = SEEK_SET,
			       .l_start = side->base + start,
			       .l_len = count };
}

/* 1: locked; 0: somebody has some of it, which is added to @used; -1 with errno */
static int try_lock(struct arena *arena, int fd, const struct side *side, uint32_t start,
		    uint32_t count, nsrun_subids *used)
{
	struct flock lock = whole(side, start, count, F_WRLCK);

	if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
		return 1;
	if (errno != EAGAIN && errno != EACCES)
		return -1;
	lock = whole(side, start, count, F_WRLCK);
	if (fcntl(fd, F_OFD_GETLK, &lock) < 0)
		return -1;
	if (lock.l_type != F_UNLCK)
		*array_push(arena, used) = (struct subid_range){ (uint32_t)(lock.l_start - side->base),
								 (uint32_t)lock.l_len };
	return 0;
}

static int full(const struct side *side, const nsrun_subids *used, uint32_t count,
		struct error *err)
{
	return error_set(err, "userns-auto-full", 0,
			 "there are no %u ids in a row left for '%s' in %s: %zu containers have ranges "
			 "of their own",
			 count, side->fact->owner, side->fact->file, used->n);
}

static int allocate(struct arena *arena, int fd, const struct side *side, uint32_t count,
		    uint32_t *ret_start, struct error *err)
{
	nsrun_subids others = { .n = 0 };

	if (read_running(arena, side, &others, err) < 0)
		return -1;
	for (;;) {
		nsrun_subids used = { .n = 0 };
		struct flock unlock;
		uint32_t start;
		int got;

		if (read_used(arena, side, &used, err) < 0)
			return -1;
		for (size_t i = 0; i < others.n; i++)
			if (!holder_of(&used, &others.v[i]))
				*array_push(arena, &used) = others.v[i];
		start = ranges_first_free(&side->fact->ranges, &used, count);
		if (start == ID_NONE)
			return full(side, &used, count, err);
		got = try_lock(arena, fd, side, start, count, &others);
		if (got < 0)
			return error_set(err, "userns-auto", errno, "cannot lock a range of ids");
		if (got == 0)
			continue;
		/* whoever had it a moment ago may have written it down, and let go of the lock */
		used.n = 0;
		if (read_used(arena, side, &used, err) < 0)
			return -1;
		*ret_start = start;
		for (size_t i = 0; i < used.n; i++)
			if (used.v[i].start < (uint64_t)start + count &&
			    (uint64_t)used.v[i].start + used.v[i].count > start)
				*ret_start = ID_NONE;
		if (*ret_start != ID_NONE)
			return 0;
		unlock = whole(side, start, count, F_UNLCK);
		fcntl(fd, F_OFD_SETLK, &unlock);
	}
}

int ranges_allocate(struct spec *spec, struct error *err)
{
	struct auto_ids *ids = &spec->auto_ids;
	auto_close int containers = -1;
	auto_close int fd = -1;
	struct host host;

	if (ids->uid != ID_NONE)
		return 0;
	if (host_probe(spec, &host, err) < 0)
		return -1;
	if (host.subuids.ranges.n == 0 || host.subgids.ranges.n == 0)
		return 0; /* the plan says that there are none */
	containers = store_open_first(spec->arena, err);
	if (containers < 0)
		return -1;
	fd = openat(containers, LOCK_FILE, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_set(err, "userns-auto", errno, "cannot make the file that locks ranges of ids");
	if (allocate(spec->arena, fd, &(struct side){ &host.subuids, 0, false }, ids->count,
		     &ids->uid, err) < 0 ||
	    allocate(spec->arena, fd, &(struct side){ &host.subgids, GROUPS_BASE, true }, ids->count,
		     &ids->gid, err) < 0)
		return -1;
	take_fd(&fd); /* the lock lasts as long as this process */
	return 0;
}
