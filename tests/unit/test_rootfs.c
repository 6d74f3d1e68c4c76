// SPDX-License-Identifier: Apache-2.0
/*
 * Places in a root file system whose links point anywhere: what is found or made is always inside
 * it. Needs no privilege: the root is a directory below /tmp.
 */
#include "sys/rootfs.h"

#include "base/fd.h"
#include "tests/unit/check.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

static char top[] = "/tmp/nsrun-unit-XXXXXX";

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

/* where a descriptor is, below the root's parent */
static const char *place_of(int fd)
{
	static char path[4096];
	char link[64];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, path, sizeof(path) - 1);
	path[length < 0 ? 0 : length] = '\0';
	return strncmp(path, top, strlen(top)) == 0 ? path + strlen(top) : path;
}

static void check_place(int root, const char *path, bool directory, const char *want)
{
	struct error err;
	auto_close int fd = rootfs_place(root, path, directory, &err);
	struct stat st;

	CHECK_CASE(path);
	if (!check_that(fd >= 0, __FILE__, __LINE__, "%s", err.text))
		return;
	CHECK_STR(place_of(fd), want);
	CHECK(fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) == directory);
	CHECK(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

static void check_refused(int root, const char *path, bool directory)
{
	struct error err = { .errnum = 0 };

	CHECK_CASE(strlen(path) < 100 ? path : "a long path");
	CHECK_INT(rootfs_place(root, path, directory, &err), -1);
	CHECK(strncmp(err.id, "mount-", 6) == 0 && *err.text);
}

static void test_plain(int root)
{
	check_place(root, "/", true, "/root");
	check_place(root, "/a", true, "/root/a");
	check_place(root, "/a", true, "/root/a");
	check_place(root, "/a/b/c", true, "/root/a/b/c");
	check_place(root, "/x/y/file", false, "/root/x/y/file");
	check_place(root, "/x/y/file", false, "/root/x/y/file");
	check_refused(root, "/x/y/file", true);
	check_refused(root, "/a", false);
	check_refused(root, "/x/y/file/below", true);
}

/* "var/run -> /run" must work, "dev -> /elsewhere" must do no harm */
static void test_links(int root)
{
	CHECK_CASE("links");
	CHECK_INT(mkdirat(root, "run", 0755), 0);
	CHECK_INT(symlinkat("/run", root, "absolute"), 0);
	CHECK_INT(symlinkat("run", root, "relative"), 0);
	CHECK_INT(symlinkat("../../../../outside", root, "up"), 0);
	CHECK_INT(symlinkat("/made/by/link", root, "dangling"), 0);
	CHECK_INT(symlinkat("loop", root, "loop"), 0);
	CHECK_INT(symlinkat("/proc/self/root", root, "magic"), 0);
	CHECK_INT(symlinkat("/outside", root, "host"), 0);
	check_place(root, "/absolute/lock", true, "/root/run/lock");
	check_place(root, "/relative/lock", true, "/root/run/lock");
	check_place(root, "/up/a", true, "/root/outside/a");
	check_place(root, "/host/b", false, "/root/outside/b");
	check_place(root, "/dangling", true, "/root/made/by/link");
	check_place(root, "/dangling/more", false, "/root/made/by/link/more");
	check_place(root, "/magic/x", true, "/root/proc/self/root/x");
	check_refused(root, "/loop", true);
	check_refused(root, "/loop/x", false);
}

static void test_strict(int root)
{
	struct error err;
	auto_close int plain = rootfs_place_strict(root, "/strict/dir", &err);

	CHECK_CASE("strict");
	CHECK(plain >= 0);
	CHECK_STR(place_of(plain), "/root/strict/dir");
	CHECK_FAILS(rootfs_place_strict(root, "/absolute", &err), &err, "mount-destination");
	CHECK_FAILS(rootfs_place_strict(root, "/relative/lock", &err), &err, "mount-destination");
	CHECK_FAILS(rootfs_place_strict(root, "/host", &err), &err, "mount-destination");
}

/* nothing may have been made beside the root */
static void test_nothing_outside(int parent)
{
	CHECK_CASE("nothing outside");
	CHECK(faccessat(parent, "outside", F_OK, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT);
	CHECK(faccessat(parent, "made", F_OK, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT);
	CHECK(access("/outside", F_OK) < 0 && access("/made", F_OK) < 0);
}

static void test_long(int root)
{
	static char path[5000];

	memset(path, 'a', sizeof(path) - 1);
	for (size_t i = 0; i < sizeof(path) - 1; i += 100)
		path[i] = '/';
	check_refused(root, path, true);
	memset(path, 'a', 300);
	path[0] = '/';
	path[300] = '\0';
	check_refused(root, path, false); /* one name of 299 bytes */
}

int main(void)
{
	int parent = mkdtemp(top) ? open(top, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	int root;

	if (parent < 0 || mkdirat(parent, "root", 0755) < 0)
		return 1;
	root = openat(parent, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	test_plain(root);
	test_links(root);
	test_strict(root);
	test_nothing_outside(parent);
	test_long(root);
	close(root);
	close(parent);
	CHECK_CASE("tidying up");
	CHECK_INT(nftw(top, remove_entry, 16, FTW_DEPTH | FTW_PHYS), 0);
	return check_end();
}
