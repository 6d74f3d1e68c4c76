// SPDX-License-Identifier: Apache-2.0
/* Ranges of subordinate ids that are given to one container each. */
#include "life/ranges.h"

#include "base/arena.h"
#include "base/fd.h"
#include "life/store.h"

#include <errno.h>
#include <fcntl.h>

#define LOCK_FILE   ".ranges" /* beside the containers; a name with a dot is none of theirs */
#define GROUPS_BASE ((off_t)1 << 32)

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
	nsrun_subids locked = { .n = 0 };

	for (;;) {
		nsrun_subids used = { .n = 0 };
		struct flock unlock;
		uint32_t start;
		int got;

		if (read_used(arena, side, &used, err) < 0)
			return -1;
		for (size_t i = 0; i < locked.n; i++)
			*array_push(arena, &used) = locked.v[i];
		start = ranges_first_free(&side->fact->ranges, &used, count);
		if (start == ID_NONE)
			return full(side, &used, count, err);
		got = try_lock(arena, fd, side, start, count, &locked);
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
