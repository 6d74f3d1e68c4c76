// SPDX-License-Identifier: Apache-2.0
/* Reading and writing whole files, and owning descriptors. */
#include "base/fd.h"
#include "base/file.h"
#include "tests/unit/check.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>

static void test_owning(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int number = fd;

	CHECK_CASE("take_fd");
	CHECK_INT(take_fd(&fd), number);
	CHECK_INT(fd, -1);
	CHECK_CASE("auto_close");
	{
		auto_close int owned = number;

		CHECK(fcntl(owned, F_GETFD) >= 0);
	}
	CHECK_INT(fcntl(number, F_GETFD), -1);
	CHECK_CASE("fd_close keeps errno");
	errno = ENOTTY;
	fd_close(-1);
	fd_close(number); /* closed already */
	CHECK_INT(errno, ENOTTY);
}

static void close_standard(void)
{
	int next;

	close(0);
	close(2);
	if (fd_open_standard() < 0 || fcntl(0, F_GETFD) != 0 || fcntl(2, F_GETFD) != 0)
		_exit(1);
	next = open("/dev/null", O_RDONLY | O_CLOEXEC);
	fd_close(next);
	if (next < 3)
		_exit(1);
}

static void test_transfer(void)
{
	char buffer[64] = "";
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		exit(1);
	CHECK_CASE("in pieces, up to the end");
	CHECK_INT(fd_write_all(ends[1], "abc", 3), 0);
	CHECK_INT(fd_write_all(ends[1], "defg", 4), 0);
	CHECK_INT(fd_write_all(ends[1], "", 0), 0);
	CHECK_INT(fd_read_full(ends[0], buffer, 5), 5);
	CHECK(memcmp(buffer, "abcde", 5) == 0);
	close(ends[1]);
	CHECK_INT(fd_read_full(ends[0], buffer, sizeof(buffer)), 2);
	CHECK_INT(fd_read_full(ends[0], buffer, sizeof(buffer)), 0);
	close(ends[0]);
	CHECK_CASE("no descriptor");
	CHECK_INT(fd_read_full(-1, buffer, 1), -1);
	CHECK_INT(fd_write_all(-1, "a", 1), -1);
	CHECK_CASE("a full device");
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	CHECK_INT(fd_write_all(full, "a", 1), -1);
	CHECK_INT(errno, ENOSPC);
	close(full);
}

static void test_read(void)
{
	char path[64], buffer[8];
	int fd = memfd_create("file", MFD_CLOEXEC);

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	CHECK_CASE("an empty file");
	memset(buffer, 'x', sizeof(buffer));
	CHECK_INT(file_read(AT_FDCWD, path, buffer, sizeof(buffer)), 0);
	CHECK_STR(buffer, "");
	CHECK_CASE("a file that just fits");
	CHECK_INT(fd_write_all(fd, "1234567", 7), 0);
	CHECK_INT(file_read(AT_FDCWD, path, buffer, sizeof(buffer)), 7);
	CHECK_STR(buffer, "1234567");
	CHECK_CASE("one byte too many");
	CHECK_INT(fd_write_all(fd, "8", 1), 0);
	CHECK_INT(file_read(AT_FDCWD, path, buffer, sizeof(buffer)), -1);
	CHECK_INT(errno, EFBIG);
	CHECK_CASE("one without an end");
	CHECK_INT(file_read(AT_FDCWD, "/dev/zero", buffer, sizeof(buffer)), -1);
	CHECK_INT(errno, EFBIG);
	CHECK_CASE("none");
	CHECK_INT(file_read(AT_FDCWD, "/nonexistent", buffer, sizeof(buffer)), -1);
	CHECK_INT(errno, ENOENT);
	CHECK_INT(file_read(AT_FDCWD, "/", buffer, sizeof(buffer)), -1);
	CHECK_INT(errno, EISDIR);
	close(fd);
}

static void test_write_once(void)
{
	char path[64], buffer[8] = "";
	int fd = memfd_create("file", MFD_CLOEXEC);

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	CHECK_CASE("file_write_once");
	CHECK_INT(file_write_once(AT_FDCWD, path, "deny", 4), 0);
	CHECK_INT(pread(fd, buffer, 8, 0), 4);
	CHECK_STR(buffer, "deny");
	CHECK_INT(file_write_once(AT_FDCWD, "/dev/full", "x", 1), -1);
	CHECK_INT(errno, ENOSPC);
	CHECK_INT(file_write_once(AT_FDCWD, "/nonexistent/x", "x", 1), -1);
	CHECK_INT(errno, ENOENT);
	close(fd);
}

int main(void)
{
	test_owning();
	CHECK_CASE("closed standard descriptors");
	CHECK(check_survives(close_standard));
	test_transfer();
	test_read();
	test_write_once();
	return check_end();
}
