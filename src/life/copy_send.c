// SPDX-License-Identifier: Apache-2.0
/*
 * The sending side of a copy. What it walks may change under it, and may be made to: every name is
 * opened by its directory's descriptor and without following it, and judged by what was opened.
 * Runs in: nsrun, or the process inside the container.
 */
#include "life/copy.h"

#include "base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

/** struct sender - @path: where it is, for messages; cut off where it is too long for them */
struct sender {
	int socket;
	nsrun_notice notice;
	void *arg;
	size_t depth;
	bool contents; /* of the first directory, which is not meant itself */
	char path[PATH_MAX];
};

static int send_message(struct sender *sender, const struct copy_message *message, int attached,
			struct error *err)
{
	if (copy_message_send(sender->socket, message, attached) == 0)
		return 0;
	return error_set(err, "copy-peer", errno, "the process on the other side of the copy is gone");
}

static const char *kind_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFIFO:
		return "a FIFO";
	case S_IFSOCK:
		return "a socket";
	case S_IFCHR:
	case S_IFBLK:
		return "a device";
	case S_IFDIR:
		return "a file system of the kernel's";
	default:
		return "something else by now";
	}
}

/* left out of a tree and said; where it is all that was asked for, an error */
static int skip(struct sender *sender, mode_t mode, struct error *err)
{
	struct copy_message message = { .type = COPY_SKIPPED };
	struct error notice;

	if (sender->depth == 0)
		return error_set(err, "copy-kind", 0, "'%s' is %s, which is not copied", sender->path,
				 kind_of(mode));
	error_set(&notice, "copy-kind", 0, "'%s' is %s, which is not copied", sender->path,
		  kind_of(mode));
	if (sender->notice) {
		sender->notice(&notice, sender->arg);
		return 0;
	}
	message.length = (uint32_t)strlen(notice.text);
	memcpy(message.text, notice.text, message.length);
	return send_message(sender, &message, -1, err);
}

/* it was there a moment ago */
static bool has_changed(int errnum)
{
	return errnum == ENOENT || errnum == ELOOP || errnum == ENOTDIR || errnum == ENXIO;
}

static int cannot_read(const struct sender *sender, struct error *err)
{
	return error_set(err, "copy", errno, "cannot read '%s'", sender->path);
}

static void describe(struct copy_message *message, enum copy_type type, const char *name,
		     const struct stat *st)
{
	*message = (struct copy_message){ .type = type,
					  .mode = st->st_mode,
					  .mtime_s = st->st_mtim.tv_sec,
					  .mtime_ns = st->st_mtim.tv_nsec };
	snprintf(message->name, sizeof(message->name), "%s", name);
}

static int send_file(struct sender *sender, int dir, const char *name, struct error *err)
{
	/* neither a FIFO's other end nor a device is waited for, should it have become one */
	auto_close int fd = openat(dir, name,
				   O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct copy_message message;
	struct stat st;

	if (fd < 0 && has_changed(errno) && sender->depth > 0)
		return skip(sender, 0, err);
	if (fd < 0 || fstat(fd, &st) < 0)
		return cannot_read(sender, err);
	if (!S_ISREG(st.st_mode))
		return skip(sender, st.st_mode, err);
	describe(&message, COPY_FILE, name, &st);
	return send_message(sender, &message, fd, err);
}

static int send_link(struct sender *sender, int dir, const char *name, const struct stat *st,
		     struct error *err)
{
	struct copy_message message;
	ssize_t length;

	describe(&message, COPY_LINK, name, st);
	length = readlinkat(dir, name, message.text, sizeof(message.text) - 1);
	if (length < 0 && has_changed(errno) && sender->depth > 0)
		return skip(sender, 0, err);
	if (length < 0)
		return cannot_read(sender, err);
	message.length = (uint32_t)length;
	return send_message(sender, &message, -1, err);
}

static int send_entry(struct sender *sender, int dir, const char *name, struct error *err);

static int send_all_in(struct sender *sender, DIR *stream, struct error *err)
{
	size_t length = strlen(sender->path);
	const struct dirent *entry;
	int result = 0;

	while (result == 0 && (errno = 0, entry = readdir(stream))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(sender->path + length, sizeof(sender->path) - length, "%s%s",
			 length > 0 && sender->path[length - 1] == '/' ? "" : "/", entry->d_name);
		result = send_entry(sender, dirfd(stream), entry->d_name, err);
		sender->path[length] = '\0';
	}
	if (result == 0 && errno)
		return cannot_read(sender, err);
	return result;
}

/* /proc and its like, met on the way: what they show is no file of anybody's */
static bool is_of_kernel(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return false;
	return fs.f_type == PROC_SUPER_MAGIC || fs.f_type == SYSFS_MAGIC ||
	       fs.f_type == DEVPTS_SUPER_MAGIC || fs.f_type == CGROUP2_SUPER_MAGIC;
}

static int send_opened_directory(struct sender *sender, int take_dir, const char *name,
				 struct error *err)
{
	const struct copy_message up = { .type = COPY_UP };
	struct copy_message message;
	DIR *stream = fdopendir(take_dir);
	struct stat st;
	int result;

	if (!stream || fstat(take_dir, &st) < 0) {
		cannot_read(sender, err);
		if (stream)
			closedir(stream);
		else
			fd_close(take_dir);
		return -1;
	}
	describe(&message, COPY_DIRECTORY, name, &st);
	message.contents = sender->contents;
	sender->contents = false;
	result = send_message(sender, &message, -1, err);
	sender->depth++;
	if (result == 0)
		result = send_all_in(sender, stream, err);
	sender->depth--;
	closedir(stream);
	return result < 0 ? -1 : send_message(sender, &up, -1, err);
}

static int send_directory(struct sender *sender, int dir, const char *name, struct error *err)
{
	auto_close int fd = -1;

	if (sender->depth == COPY_DEPTH_MAX)
		return error_set(err, "copy", 0, "'%.200s...' is deeper than %d directories",
				 sender->path, COPY_DEPTH_MAX);
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && has_changed(errno) && sender->depth > 0)
		return skip(sender, 0, err);
	if (fd < 0)
		return cannot_read(sender, err);
	if (sender->depth > 0 && is_of_kernel(fd))
		return skip(sender, S_IFDIR, err);
	return send_opened_directory(sender, take_fd(&fd), name, err);
}

static int send_entry(struct sender *sender, int dir, const char *name, struct error *err)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno == ENOENT && sender->depth > 0)
			return 0; /* removed meanwhile */
		return cannot_read(sender, err);
	}
	switch (st.st_mode & S_IFMT) {
	case S_IFREG:
		return send_file(sender, dir, name, err);
	case S_IFDIR:
		return send_directory(sender, dir, name, err);
	case S_IFLNK:
		return send_link(sender, dir, name, &st, err);
	default:
		return skip(sender, st.st_mode, err);
	}
}

/* what the user named himself, links included, where it must be a directory */
static int send_named_directory(struct sender *sender, const struct copy_place *place,
				const struct copy_path *path, struct error *err)
{
	int fd = copy_place_open(place, place->path, O_RDONLY | O_DIRECTORY);

	if (fd < 0)
		return cannot_read(sender, err);
	sender->contents = path->contents;
	return send_opened_directory(sender, fd, *path->name ? path->name : "root", err);
}

int copy_send(int socket, const struct copy_place *place, nsrun_notice notice, void *arg,
	      struct error *err)
{
	const struct copy_message end = { .type = COPY_END };
	struct sender sender = { .socket = socket, .notice = notice, .arg = arg };
	auto_close int dir = -1;
	struct copy_path path;
	int result;

	snprintf(sender.path, sizeof(sender.path), "%s", place->path);
	if (copy_path_split(place->path, &path) < 0)
		return cannot_read(&sender, err);
	if (path.slash || path.contents) {
		result = send_named_directory(&sender, place, &path, err);
	} else {
		dir = copy_place_open(place, path.directory, O_PATH | O_DIRECTORY);
		result = dir < 0 ? cannot_read(&sender, err) :
				   send_entry(&sender, dir, path.name, err);
	}
	return result < 0 ? -1 : send_message(&sender, &end, -1, err);
}
