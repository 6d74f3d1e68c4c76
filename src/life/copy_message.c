// SPDX-License-Identifier: Apache-2.0
/* What the two sides of a copy have in common. Runs in: both; trusts nothing that it receives. */
#include "life/copy.h"

#include "base/fd.h"
#include "sys/local_socket.h"
#include "sys/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define HEADER_SIZE offsetof(struct copy_message, text)

static size_t used_size(const struct copy_message *message)
{
	return HEADER_SIZE + (message->type == COPY_FAILED ? sizeof(message->error) :
							     message->length);
}

int copy_message_send(int socket, const struct copy_message *message, int attached)
{
	return local_send(socket, message, used_size(message), &attached, attached >= 0 ? 1 : 0);
}

static bool is_whole(const struct copy_message *message, size_t size)
{
	return size >= HEADER_SIZE && message->type > 0 && message->type < COPY_TYPES &&
	       message->length < sizeof(message->text) && size == used_size(message) &&
	       memchr(message->name, '\0', sizeof(message->name));
}

static void end_texts(struct copy_message *message)
{
	if (message->type != COPY_FAILED) {
		message->text[message->length] = '\0';
		return;
	}
	error_end_texts(&message->error);
}

int copy_message_receive(int socket, struct copy_message *ret, int *ret_attached)
{
	auto_close int attached = -1;
	ssize_t n = local_receive(socket, ret, sizeof(*ret), &attached, 1);

	*ret_attached = -1;
	if (n <= 0)
		return (int)n;
	if (!is_whole(ret, (size_t)n) || (attached >= 0) != (ret->type == COPY_FILE))
		return errno = EPROTO, -1;
	end_texts(ret);
	*ret_attached = take_fd(&attached);
	return 1;
}

bool copy_name_is_plain(const char *name)
{
	return *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
	       strlen(name) <= NAME_MAX;
}

int copy_path_split(const char *path, struct copy_path *ret)
{
	size_t end = strlen(path), at;

	*ret = (struct copy_path){ .slash = end > 0 && path[end - 1] == '/' };
	if (end == 0)
		return errno = ENOENT, -1;
	while (end > 0 && path[end - 1] == '/')
		end--;
	for (at = end; at > 0 && path[at - 1] != '/';)
		at--;
	if (end - at > NAME_MAX || end >= sizeof(ret->directory))
		return errno = ENAMETOOLONG, -1;
	memcpy(ret->name, path + at, end - at);
	if (copy_name_is_plain(ret->name)) {
		snprintf(ret->directory, sizeof(ret->directory), "%.*s", at ? (int)at : 1,
			 at ? path : ".");
		return 0;
	}
	ret->name[0] = '\0';
	ret->contents = true;
	snprintf(ret->directory, sizeof(ret->directory), "%s", path);
	return 0;
}

int copy_place_open(const struct copy_place *place, const char *path, int flags)
{
	if (place->root == AT_FDCWD)
		return openat(AT_FDCWD, path, flags | O_CLOEXEC);
	return sys_open_in_root(place->root, path, (uint64_t)(unsigned)flags | O_CLOEXEC);
}

/* --- bytes --- */

/* with the kernel's own copying where both files can do that */
static ssize_t copy_some(int from, int to, size_t wanted, bool *plain)
{
	static char buffer[64 << 10];
	ssize_t n;

	if (!*plain) {
		n = copy_file_range(from, NULL, to, NULL, wanted, 0);
		if (n > 0)
			return n;
		*plain = true; /* also for 0, which files of procfs say (Linux 5.3 to 5.18) */
	}
	n = read(from, buffer, wanted < sizeof(buffer) ? wanted : sizeof(buffer));
	return n > 0 && fd_write_all(to, buffer, (size_t)n) < 0 ? -1 : n;
}

static int copy_until(int from, int to, uint64_t count, bool *plain)
{
	while (count > 0) {
		ssize_t n = copy_some(from, to, count < SSIZE_MAX ? (size_t)count : SSIZE_MAX, plain);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		count -= (uint64_t)n;
	}
	return 0;
}

/* what says that it is empty may be made up on reading (procfs); bounded, since it may not end */
#define MADE_UP_MAX ((uint64_t)64 << 20)

int copy_bytes(int from, int to)
{
	struct stat st;
	bool plain = false;
	off_t data, hole;

	if (fstat(from, &st) < 0)
		return -1;
	if (st.st_size == 0) {
		plain = true;
		return copy_until(from, to, MADE_UP_MAX, &plain);
	}
	/* no more than it had at first: who writes to it meanwhile must not keep us for ever */
	for (data = 0; data < st.st_size; data = hole) {
		off_t next = lseek(from, data, SEEK_DATA);

		if (next < 0 && errno == ENXIO)
			break;
		hole = next < 0 ? -1 : lseek(from, next, SEEK_HOLE);
		if (hole < 0) { /* a file system without holes, or none that can be asked for */
			next = data;
			hole = st.st_size;
		}
		if (hole > st.st_size)
			hole = st.st_size;
		if (next >= hole)
			break;
		if (lseek(from, next, SEEK_SET) < 0 || lseek(to, next, SEEK_SET) < 0 ||
		    copy_until(from, to, (uint64_t)(hole - next), &plain) < 0)
			return -1;
	}
	return ftruncate(to, st.st_size);
}
