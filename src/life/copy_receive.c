// SPDX-License-Identifier: Apache-2.0
/*
 * The receiving side of a copy. Everything is made anew by the descriptor of a directory that this
 * side has made or opened without following a link; what the other side says is a name and a mode,
 * never a path. Runs in: nsrun, or the process inside the container.
 */
#include "life/copy.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define REPLACE_TRIES	 16 /* somebody else makes the same name again and again */
#define PERMISSIONS	 0777
#define STICKY		 01777 /* of directories */

/** struct level - A directory under way; @made: by us, so that its mode and time are to be set */
struct level {
	int fd;
	bool made;
	mode_t mode;
	struct timespec mtime;
};

/** struct receiver - @levels[0]: where the one entry comes that everything else is below */
struct receiver {
	const struct copy_place *place;
	mode_t mask;
	size_t depth;
	bool begun;
	struct level levels[COPY_DEPTH_MAX + 2];
};

static int cannot_write(const struct receiver *receiver, const char *name, struct error *err)
{
	return error_set(err, "copy", errno, "cannot write '%s' in the copy to '%s'", name,
			 receiver->place->path);
}

static int set_time(int fd, const struct copy_message *message)
{
	const struct timespec times[2] = {
		{ .tv_nsec = UTIME_OMIT },
		{ .tv_sec = message->mtime_s, .tv_nsec = (long)message->mtime_ns },
	};

	if (message->mtime_ns < 0 || message->mtime_ns >= 1000000000)
		return 0;
	return futimens(fd, times);
}

/* 0, or -1 with @err where nothing that is written to an open file or directory would stay */
static int check_stays(const struct receiver *receiver, int fd, const char *name, struct error *err)
{
	const struct copy_place *place = receiver->place;
	struct stat st;

	if (place->n_lost == 0 || fstat(fd, &st) < 0)
		return 0;
	for (size_t i = 0; i < place->n_lost; i++)
		if (st.st_dev == place->lost[i])
			return error_set(err, "copy-lost", 0,
					 "'%s' would be lost in the copy to '%s': what is there is "
					 "kept only while the container runs",
					 name, place->path);
	return 0;
}

/* --- files --- */

/* a mount point cannot be replaced, only filled: what is mounted there is the container's own file */
static int open_mounted(int dir, const char *name, int source)
{
	auto_close int fd =
		openat(dir, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st, other;

	if (fd < 0 || fstat(fd, &st) < 0 || fstat(source, &other) < 0)
		return -1;
	if (!S_ISREG(st.st_mode))
		return errno = EBUSY, -1;
	if (st.st_dev == other.st_dev && st.st_ino == other.st_ino)
		return errno = EEXIST, -1;
	return ftruncate(fd, 0) < 0 ? -1 : take_fd(&fd);
}

static int make_file(int dir, const char *name, int source, bool *ret_made)
{
	for (int i = 0; i < REPLACE_TRIES; i++) {
		int fd = openat(dir, name,
				O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, 0600);

		*ret_made = fd >= 0;
		if (fd >= 0 || errno != EEXIST)
			return fd;
		if (unlinkat(dir, name, 0) < 0 && errno == EBUSY)
			return open_mounted(dir, name, source);
		if (errno != EEXIST && errno != ENOENT)
			return -1;
		errno = EEXIST;
	}
	return -1;
}

static int receive_file(struct receiver *receiver, int dir, const char *name,
			const struct copy_message *message, int source, struct error *err)
{
	struct stat st;
	bool made;
	auto_close int fd = -1;

	if (fstat(source, &st) < 0 || !S_ISREG(st.st_mode))
		return error_set(err, "copy", 0, "what was sent as '%s' is not a regular file", name);
	fd = make_file(dir, name, source, &made);
	if (fd < 0)
		return cannot_write(receiver, name, err);
	if (!made && check_stays(receiver, fd, name, err) < 0)
		return -1;
	if (copy_bytes(source, fd) < 0) {
		cannot_write(receiver, name, err);
		if (made)
			unlinkat(dir, name, 0);
		return -1;
	}
	/* the bits that give a program somebody's rights are not copied: that somebody is another here */
	if (made && (fchmod(fd, st.st_mode & PERMISSIONS & ~receiver->mask) < 0 ||
		     (set_time(fd, message) < 0 && errno != EPERM)))
		return cannot_write(receiver, name, err);
	return 0;
}

/* --- links and directories --- */

static int receive_link(struct receiver *receiver, int dir, const char *name, const char *target,
			struct error *err)
{
	for (int i = 0; i < REPLACE_TRIES; i++) {
		if (symlinkat(target, dir, name) == 0)
			return 0;
		if (errno != EEXIST || (unlinkat(dir, name, 0) < 0 && errno != ENOENT))
			break;
	}
	return cannot_write(receiver, name, err);
}

static int enter(struct receiver *receiver, int take_dir, bool made,
		 const struct copy_message *message)
{
	receiver->levels[++receiver->depth] = (struct level){
		.fd = take_dir,
		.made = made,
		.mode = message->mode & STICKY & ~receiver->mask,
		.mtime = { .tv_sec = message->mtime_s, .tv_nsec = (long)message->mtime_ns },
	};
	return 0;
}

static int receive_directory(struct receiver *receiver, int dir, const char *name,
			     const struct copy_message *message, struct error *err)
{
	bool made = mkdirat(dir, name, 0700) == 0;
	int fd;

	if (!made && errno != EEXIST)
		return cannot_write(receiver, name, err);
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && (errno == ELOOP || errno == ENOTDIR))
		return error_set(err, "copy", 0,
				 "'%s' is there already in the copy to '%s', and is no directory",
				 name, receiver->place->path);
	if (fd < 0)
		return cannot_write(receiver, name, err);
	return enter(receiver, fd, made, message);
}

static int leave(struct receiver *receiver, struct error *err)
{
	struct level *level = &receiver->levels[receiver->depth--];
	const struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, level->mtime };
	auto_close int fd = take_fd(&level->fd);

	if (!level->made)
		return 0;
	if (fchmod(fd, level->mode) < 0)
		return cannot_write(receiver, "a directory", err);
	if (level->mtime.tv_nsec >= 0 && level->mtime.tv_nsec < 1000000000)
		futimens(fd, times); /* a time is not worth an error */
	return 0;
}

/* --- the place --- */

static int no_place(const struct receiver *receiver, struct error *err)
{
	return error_set(err, "copy", errno, "cannot copy to '%s'", receiver->place->path);
}

/*
 * The first entry: into the place if that is a directory, else under the place's own name. Fills
 * levels[0] and @ret_name, "" when the place itself is filled.
 */
static int open_place(struct receiver *receiver, const struct copy_message *message,
		      char ret_name[NAME_MAX + 1], struct error *err)
{
	const struct copy_place *place = receiver->place;
	struct copy_path path;

	if (copy_path_split(place->path, &path) < 0)
		return no_place(receiver, err);
	receiver->levels[0].fd = copy_place_open(place, place->path, O_RDONLY | O_DIRECTORY);
	if (receiver->levels[0].fd >= 0) {
		snprintf(ret_name, NAME_MAX + 1, "%s", message->contents ? "" : message->name);
		return 0;
	}
	if ((errno != ENOENT && errno != ENOTDIR) || path.contents)
		return no_place(receiver, err);
	if (path.slash && message->type != COPY_DIRECTORY)
		return error_set(err, "copy", 0, "'%s' is not a directory", place->path);
	receiver->levels[0].fd = copy_place_open(place, path.directory, O_RDONLY | O_DIRECTORY);
	if (receiver->levels[0].fd < 0)
		return no_place(receiver, err);
	snprintf(ret_name, NAME_MAX + 1, "%s", path.name);
	return 0;
}

static int receive_entry(struct receiver *receiver, const struct copy_message *message,
			 int attached, struct error *err)
{
	char name[NAME_MAX + 1];
	int dir;

	snprintf(name, sizeof(name), "%s", message->name);
	if (!copy_name_is_plain(name) || (receiver->depth == 0 && receiver->begun) ||
	    receiver->depth > COPY_DEPTH_MAX)
		return error_set(err, "copy", 0, "'%s' is not what can be sent here", name);
	if (!receiver->begun && open_place(receiver, message, name, err) < 0)
		return -1;
	receiver->begun = true;
	dir = receiver->levels[receiver->depth].fd;
	if (message->type == COPY_DIRECTORY && !*name)
		return enter(receiver, fcntl(dir, F_DUPFD_CLOEXEC, 0), false, message);
	if (check_stays(receiver, dir, name, err) < 0)
		return -1;
	switch (message->type) {
	case COPY_DIRECTORY:
		return receive_directory(receiver, dir, name, message, err);
	case COPY_FILE:
		return receive_file(receiver, dir, name, message, attached, err);
	default:
		return receive_link(receiver, dir, name, message->text, err);
	}
}

static int receive_message(struct receiver *receiver, const struct copy_message *message,
			   int attached, nsrun_notice notice, void *arg, struct error *err)
{
	struct error skipped;

	switch (message->type) {
	case COPY_DIRECTORY:
	case COPY_FILE:
	case COPY_LINK:
		return receive_entry(receiver, message, attached, err);
	case COPY_UP:
		if (receiver->depth > 0)
			return leave(receiver, err);
		break;
	case COPY_SKIPPED:
		error_set(&skipped, "copy-kind", 0, "%s", message->text);
		if (notice)
			notice(&skipped, arg);
		return 0;
	case COPY_FAILED:
		*err = message->error;
		return -1;
	default:
		break;
	}
	return error_set(err, "copy", 0, "the other side of the copy says what it must not");
}

int copy_receive(int socket, const struct copy_place *place, mode_t mask, nsrun_notice notice,
		 void *arg, struct error *err)
{
	static struct receiver receiver; /* one of a kind, and large */
	struct copy_message message;
	int result = 0, attached, n;

	receiver = (struct receiver){ .place = place, .mask = mask, .levels = { { .fd = -1 } } };
	while (result == 0) {
		n = copy_message_receive(socket, &message, &attached);
		if (n < 0)
			result = error_set(err, "copy", errno, "cannot read what is to be copied");
		else if (n == 0)
			result = error_set(err, "copy-peer", 0,
					   "the process on the other side of the copy died");
		else if (message.type == COPY_END)
			break;
		else
			result = receive_message(&receiver, &message, attached, notice, arg, err);
		fd_close(attached);
	}
	for (size_t i = 0; i <= receiver.depth; i++)
		fd_close(receiver.levels[i].fd);
	return result;
}
