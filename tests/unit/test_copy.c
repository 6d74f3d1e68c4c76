// SPDX-License-Identifier: Apache-2.0
/* Copying: how paths are cut, and what a receiver makes of a sender that lies. */
#include "life/copy.h"

#include "base/fd.h"
#include "tests/unit/check.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static char place_path[] = "/tmp/test_copy.XXXXXX";
static int place_fd;

static void check_split(const char *path, const char *directory, const char *name, bool slash,
			bool contents)
{
	struct copy_path split;

	CHECK_CASE(path);
	CHECK_INT(copy_path_split(path, &split), 0);
	CHECK_STR(split.directory, directory);
	CHECK_STR(split.name, name);
	CHECK_INT(split.slash, slash);
	CHECK_INT(split.contents, contents);
}

static void test_paths(void)
{
	char long_name[NAME_MAX + 2];
	struct copy_path split;

	check_split("a", ".", "a", false, false);
	check_split("/a", "/", "a", false, false);
	check_split("a/b", "a/", "b", false, false);
	check_split("/a//b//", "/a//", "b", true, false);
	check_split("/", "/", "", true, true);
	check_split(".", ".", "", false, true);
	check_split("a/.", "a/.", "", false, true);
	check_split("../..", "../..", "", false, true);
	check_split("a/..b", "a/", "..b", false, false);
	CHECK_CASE("no path");
	CHECK_INT(copy_path_split("", &split), -1);
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	CHECK_CASE("a name of 256 bytes");
	CHECK_INT(copy_path_split(long_name, &split), -1);
}

/* what a receiver says to these messages; END is sent behind them */
static int receive(const struct copy_message *messages, size_t n, const int *attached,
		   struct error *err)
{
	const struct copy_place place = { .root = AT_FDCWD, .path = place_path };
	const struct copy_message end = { .type = COPY_END };
	int ends[2], result;
	pid_t sender;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		abort();
	sender = fork(); /* a socket does not hold so many of them */
	if (sender == 0) {
		for (size_t i = 0; i < n; i++)
			copy_message_send(ends[0], &messages[i], attached ? attached[i] : -1);
		copy_message_send(ends[0], &end, -1);
		_exit(0);
	}
	close(ends[0]);
	result = copy_receive(ends[1], &place, 0, NULL, NULL, err);
	close(ends[1]);
	waitpid(sender, NULL, 0);
	return result;
}

static void check_name_refused(const char *name)
{
	struct copy_message messages[] = {
		{ .type = COPY_DIRECTORY, .mode = 0755, .contents = 1, .name = "top" },
		{ .type = COPY_LINK, .length = 1, .text = "x" },
	};
	struct error err;

	strncpy(messages[1].name, name, sizeof(messages[1].name) - 1);
	CHECK_CASE(*name ? name : "an empty name");
	CHECK_FAILS(receive(messages, 2, NULL, &err), &err, "copy");
}

static void test_liars(void)
{
	struct copy_message many[COPY_DEPTH_MAX + 8];
	struct copy_message message = { .type = COPY_UP };
	struct error err;
	int fifo[2];

	check_name_refused("");
	check_name_refused(".");
	check_name_refused("..");
	check_name_refused("../x");
	check_name_refused("a/b");
	check_name_refused("/tmp/x");

	CHECK_CASE("up where nothing is above");
	CHECK_FAILS(receive(&message, 1, NULL, &err), &err, "copy");

	CHECK_CASE("a second thing beside the first");
	many[0] = (struct copy_message){ .type = COPY_LINK, .length = 1, .name = "l", .text = "x" };
	many[1] = (struct copy_message){ .type = COPY_LINK, .length = 1, .name = "m", .text = "x" };
	CHECK_FAILS(receive(many, 2, NULL, &err), &err, "copy");

	CHECK_CASE("a file that is a pipe");
	message = (struct copy_message){ .type = COPY_FILE, .mode = S_IFREG | 0644, .name = "f" };
	if (pipe2(fifo, O_CLOEXEC) < 0)
		abort();
	CHECK_FAILS(receive(&message, 1, fifo, &err), &err, "copy");
	close(fifo[0]);
	close(fifo[1]);

	CHECK_CASE("a file without a descriptor");
	CHECK_FAILS(receive(&message, 1, NULL, &err), &err, "copy");

	CHECK_CASE("deeper than can be");
	for (size_t i = 0; i < sizeof(many) / sizeof(many[0]); i++)
		many[i] = (struct copy_message){ .type = COPY_DIRECTORY, .mode = 0755, .name = "d" };
	CHECK_FAILS(receive(many, sizeof(many) / sizeof(many[0]), NULL, &err), &err, "copy");

	CHECK_CASE("an unknown message");
	message.type = COPY_TYPES;
	CHECK_FAILS(receive(&message, 1, NULL, &err), &err, "copy");
}

/* a link in the place, whoever made it, is no way out of it */
static void test_links_in_the_place(void)
{
	struct copy_message messages[] = {
		{ .type = COPY_DIRECTORY, .mode = 0755, .contents = 1, .name = "top" },
		{ .type = COPY_DIRECTORY, .mode = 0755, .name = "out" },
		{ .type = COPY_LINK, .length = 1, .name = "witness", .text = "x" },
	};
	struct error err;
	struct stat st;

	CHECK_CASE("a link where a directory is to be");
	CHECK_INT(mkdirat(place_fd, "elsewhere", 0700), 0);
	CHECK_INT(symlinkat("elsewhere", place_fd, "out"), 0);
	CHECK_FAILS(receive(messages, 3, NULL, &err), &err, "copy");
	CHECK_INT(fstatat(place_fd, "elsewhere/witness", &st, AT_SYMLINK_NOFOLLOW), -1);
}

int main(void)
{
	char command[64];

	if (!mkdtemp(place_path))
		return 1;
	place_fd = open(place_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	test_paths();
	test_liars();
	test_links_in_the_place();
	close(place_fd);
	snprintf(command, sizeof(command), "rm -rf %s", place_path);
	if (system(command) != 0)
		return 1;
	return check_end();
}
