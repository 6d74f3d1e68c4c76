// SPDX-License-Identifier: Apache-2.0
/* passwd and group files, well-made, malformed and hostile. */
#include "sys/account.h"

#include "base/fd.h"
#include "tests/unit/check.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static int make_file(const void *bytes, size_t length)
{
	int fd = memfd_create("accounts", MFD_CLOEXEC);

	if (fd < 0 || fd_write_all(fd, bytes, length) < 0) {
		puts("not ok: cannot make a file in memory");
		exit(1);
	}
	return fd; /* at its end on purpose: each search starts at the beginning by itself */
}

static void test_users(void)
{
	static const char passwd[] = "root:x:0:0:root:/root:/bin/sh\n"
				     "redis:x:999:998::/var/lib/redis:/bin/false\n"
				     "redis:x:1:1::/second:/bin/false\n"
				     "twin:x:999:5::/twin:/bin/false\n"
				     "colons:x:7:8:a:/home:/bin/sh:more:fields\n"
				     "empty:x:9:9:::";
	int fd = make_file(passwd, strlen(passwd));
	struct account account;

	CHECK_CASE("by name");
	CHECK_INT(account_find_user(fd, "redis", 0, &account), 1);
	CHECK(account.uid == 999 && account.gid == 998);
	CHECK_STR(account.name, "redis");
	CHECK_STR(account.home, "/var/lib/redis");
	CHECK_CASE("by uid: the first one wins");
	CHECK_INT(account_find_user(fd, NULL, 999, &account), 1);
	CHECK_STR(account.name, "redis");
	CHECK_INT(account_find_user(fd, NULL, 0, &account), 1);
	CHECK_STR(account.name, "root");
	CHECK_CASE("the search starts again each time");
	CHECK_INT(account_find_user(fd, "root", 0, &account), 1);
	CHECK_CASE("not there");
	CHECK_INT(account_find_user(fd, "red", 0, &account), 0);
	CHECK_INT(account_find_user(fd, "rediss", 0, &account), 0);
	CHECK_INT(account_find_user(fd, "", 0, &account), 0);
	CHECK_INT(account_find_user(fd, NULL, 12345, &account), 0);
	CHECK_INT(account_find_user(fd, NULL, UINT32_MAX, &account), 0);
	CHECK_CASE("more colons belong to the shell");
	CHECK_INT(account_find_user(fd, "colons", 0, &account), 1);
	CHECK_STR(account.home, "/home");
	CHECK_CASE("no final newline, no home");
	CHECK_INT(account_find_user(fd, "empty", 0, &account), 1);
	CHECK_STR(account.home, "");
	close(fd);
}

/* none of these lines is a user; a good line follows each */
static void test_malformed(void)
{
	static const char *const lines[] = {
		"",
		":",
		"bad",
		"bad:x:0:0:c:/home",
		"bad:x::0:c:/home:/bin/sh",
		"bad:x:0::c:/home:/bin/sh",
		"bad:x:-1:0:c:/home:/bin/sh",
		"bad:x:+1:0:c:/home:/bin/sh",
		"bad:x: 1:0:c:/home:/bin/sh",
		"bad:x:1 :0:c:/home:/bin/sh",
		"bad:x:0x1:0:c:/home:/bin/sh",
		"bad:x:4294967295:0:c:/home:/bin/sh",
		"bad:x:4294967296:0:c:/home:/bin/sh",
		"bad:x:0:4294967295:c:/home:/bin/sh",
		"bad:x:0:4294967296:c:/home:/bin/sh",
		"bad:x:18446744073709551616:0:c:/home:/bin/sh",
		":x:0:0:c:/home:/bin/sh",
		"+::::::",
		"-bad::::::",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		char file[256];
		struct account account;
		int fd;

		snprintf(file, sizeof(file), "%s\ngood:x:5:6::/good:/bin/sh\n", lines[i]);
		fd = make_file(file, strlen(file));
		CHECK_CASE(lines[i]);
		CHECK_INT(account_find_user(fd, "bad", 0, &account), 0);
		CHECK_INT(account_find_user(fd, "", 0, &account), 0);
		CHECK_INT(account_find_user(fd, NULL, 0, &account), 0);
		CHECK_INT(account_find_user(fd, NULL, 1, &account), 0);
		CHECK_INT(account_find_user(fd, "good", 0, &account), 1);
		close(fd);
	}
}

/* S75: a name of digits is a name like any other here; a number never finds it */
static void test_numeric_names(void)
{
	static const char passwd[] = "4294967296:x:0:0::/:/bin/sh\n1000:x:0:0::/:/bin/sh\n";
	int fd = make_file(passwd, strlen(passwd));
	struct account account;

	CHECK_CASE("S75");
	CHECK_INT(account_find_user(fd, NULL, 1000, &account), 0);
	CHECK_INT(account_find_user(fd, NULL, 0, &account), 1);
	close(fd);
}

static void test_nul(void)
{
	static const char passwd[] = "al\0ice:x:1:1::/a:/bin/sh\n"
				     "bob:x:2\0:2::/b:/bin/sh\n"
				     "carol:x:3:3::/c:/bin/sh\n";
	int fd = make_file(passwd, sizeof(passwd) - 1);
	struct account account;

	CHECK_CASE("a NUL ends its line, and no other");
	CHECK_INT(account_find_user(fd, "al", 0, &account), 0);
	CHECK_INT(account_find_user(fd, "alice", 0, &account), 0);
	CHECK_INT(account_find_user(fd, "ice", 0, &account), 0);
	CHECK_INT(account_find_user(fd, "bob", 0, &account), 0);
	CHECK_INT(account_find_user(fd, "carol", 0, &account), 1);
	close(fd);
}

static void test_long_fields(void)
{
	struct arena arena = CHECK_ARENA;
	struct text file = { .arena = &arena };
	struct account account;
	char name[300], home[1100];
	int fd;

	memset(name, 'n', sizeof(name));
	memset(home, 'h', sizeof(home));
	text_add(&file, "%.255s:x:1:1::/:/bin/sh\n", name);
	text_add(&file, "%.256s:x:2:2::/:/bin/sh\n", name);
	text_add(&file, "home:x:3:3::%.1023s:/bin/sh\n", home);
	text_add(&file, "home2:x:4:4::%.1024s:/bin/sh\n", home);
	fd = make_file(file.s, file.n);
	CHECK_CASE("a name or a home that does not fit");
	CHECK_INT(account_find_user(fd, NULL, 1, &account), 1);
	CHECK_UINT(strlen(account.name), 255);
	CHECK_INT(account_find_user(fd, NULL, 2, &account), 0);
	CHECK_INT(account_find_user(fd, "home", 0, &account), 1);
	CHECK_UINT(strlen(account.home), 1023);
	CHECK_INT(account_find_user(fd, "home2", 0, &account), 0);
	close(fd);
	arena_free_all(&arena);
}

/* a line of @length bytes without its newline, whose end looks like a user, then a good line */
static int make_long_line(size_t length)
{
	static const char tail[] = "evil:x:0:0::/:/bin/sh";
	static const char good[] = "\ngood:x:5:6::/good:/bin/sh\n";
	char *bytes = malloc(length + sizeof(good));
	int fd;

	if (!bytes)
		check_exhausted();
	memset(bytes, 'x', length);
	memcpy(bytes + length - (sizeof(tail) - 1), tail, sizeof(tail) - 1);
	memcpy(bytes + length, good, sizeof(good) - 1);
	fd = make_file(bytes, length + sizeof(good) - 1);
	free(bytes);
	return fd;
}

static void test_long_lines(void)
{
	static const size_t line_max = (size_t)16 << 10;
	struct account account;

	bool good = true, evil = false;

	for (size_t length = line_max - 40; length < line_max + 80; length++) {
		int fd = make_long_line(length);

		good = good && account_find_user(fd, "good", 0, &account) == 1;
		evil = evil || account_find_user(fd, "evil", 0, &account) != 0 ||
		       account_find_user(fd, NULL, 0, &account) != 0;
		close(fd);
	}
	CHECK_CASE("what follows a long line is read");
	CHECK(good);
	CHECK_CASE("the end of a long line is no line");
	CHECK_TODO("what is left of a line over 16 KiB is taken for a line of its own");
	CHECK(!evil);
	CHECK_TODO(NULL);
	int fd = make_long_line((size_t)1 << 20);

	CHECK_INT(account_find_user(fd, "evil", 0, &account), 0);
	CHECK_INT(account_find_user(fd, "good", 0, &account), 1);
	close(fd);
}

static void test_many_lines(void)
{
	struct arena arena = CHECK_ARENA;
	struct text file = { .arena = &arena };
	struct account account;
	int fd;

	for (int i = 0; i < 1000000; i++)
		text_add(&file, "u%d:x:%d:1::/:\n", i, i + 10);
	fd = make_file(file.s, file.n);
	CHECK_CASE("a million lines");
	CHECK_INT(account_find_user(fd, "u999999", 0, &account), 1);
	CHECK_UINT(account.uid, 1000009);
	CHECK_INT(account_find_user(fd, "nobody", 0, &account), 0);
	close(fd);
	arena_free_all(&arena);
}

static void test_groups(void)
{
	static const char group[] = "root:x:0:\n"
				    "users:x:100:alice,bob\n"
				    "bad:x:notanumber:alice\n"
				    "bad2:x:4294967295:alice\n"
				    "bad3:x:5\n"
				    "audio:x:29:bob,alice\n"
				    "near:x:30:alice2,malice,alic\n"
				    "users2:x:100:alice\n"
				    "blank:x:31: alice\n"
				    "last:x:32:,alice,";
	int fd = make_file(group, strlen(group));
	gid_t gids[ACCOUNT_GROUPS_MAX];
	uint32_t gid = 0;
	char name[32];
	size_t n = 0;

	CHECK_CASE("a group by its name");
	CHECK_INT(account_find_group(fd, "audio", &gid), 1);
	CHECK_UINT(gid, 29);
	CHECK_INT(account_find_group(fd, "bad", &gid), 0);
	CHECK_INT(account_find_group(fd, "bad2", &gid), 0);
	CHECK_INT(account_find_group(fd, "bad3", &gid), 0);
	CHECK_INT(account_find_group(fd, "", &gid), 0);
	CHECK_INT(account_find_group(fd, "last", &gid), 1);
	CHECK_CASE("and the other way round: the name of a number");
	CHECK_INT(account_name_group(fd, gid, name, sizeof(name)), 1);
	CHECK_STR(name, "last");
	CHECK_INT(account_name_group(fd, gid, name, sizeof("last") - 1), 0);
	CHECK_INT(account_name_group(fd, 4000000, name, sizeof(name)), 0);
	CHECK_CASE("the groups of a member, each once");
	CHECK_INT(account_add_groups(fd, "alice", gids, &n), 0);
	CHECK_UINT(n, 3);
	CHECK(n == 3 && gids[0] == 100 && gids[1] == 29 && gids[2] == 32);
	CHECK_INT(account_add_groups(fd, "bob", gids, &n), 0);
	CHECK_UINT(n, 3);
	n = 0;
	CHECK_INT(account_add_groups(fd, "nobody", gids, &n), 0);
	CHECK_UINT(n, 0);
	close(fd);
}

static void test_too_many_groups(void)
{
	struct arena arena = CHECK_ARENA;
	struct text file = { .arena = &arena };
	gid_t gids[ACCOUNT_GROUPS_MAX + 1];
	size_t n = 0;
	int fd;

	for (int i = 0; i < ACCOUNT_GROUPS_MAX + 500; i++)
		text_add(&file, "g%d:x:%d:alice\n", i, i + 1);
	fd = make_file(file.s, file.n);
	gids[ACCOUNT_GROUPS_MAX] = 4711;
	CHECK_CASE("more groups than there is room for");
	CHECK_INT(account_add_groups(fd, "alice", gids, &n), 0);
	CHECK_UINT(n, ACCOUNT_GROUPS_MAX);
	CHECK_UINT(gids[ACCOUNT_GROUPS_MAX - 1], ACCOUNT_GROUPS_MAX);
	CHECK_UINT(gids[ACCOUNT_GROUPS_MAX], 4711);
	close(fd);
	arena_free_all(&arena);
}

static void make_text(int dirfd, const char *path, size_t size)
{
	int fd = openat(dirfd, path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);

	if (fd < 0 || ftruncate(fd, (off_t)size) < 0) {
		printf("not ok: cannot make '%s'\n", path);
		exit(1);
	}
	close(fd);
}

static void check_refused(int dirfd, const char *path, int errnum)
{
	CHECK_CASE(path);
	errno = 0;
	CHECK_INT(account_open(dirfd, path), -1);
	CHECK_INT(errno, errnum);
}

static void check_opened(int dirfd, const char *path)
{
	int fd = account_open(dirfd, path);

	CHECK_CASE(path);
	CHECK(fd >= 0);
	CHECK(fd < 0 || (fcntl(fd, F_GETFD) & FD_CLOEXEC));
	fd_close(fd);
}

/* a rootfs with everything that "etc/passwd" could be */
static void test_open(void)
{
	static const char *const names[] = { "plain",	 "huge",    "edge",  "fifo",	 "link",
					     "absolute", "outside", "loop",  "dangling", "zero",
					     "device",	 "magic",   "socket" };
	char directory[] = "/tmp/nsrun-unit-XXXXXX";
	int dirfd = mkdtemp(directory) ? open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;

	if (dirfd < 0) {
		puts("not ok: cannot make a directory");
		exit(1);
	}
	make_text(dirfd, "plain", 10);
	make_text(dirfd, "edge", (size_t)1 << 20);
	make_text(dirfd, "huge", ((size_t)1 << 20) + 1);
	CHECK_INT(mkdirat(dirfd, "directory", 0755), 0);
	CHECK_INT(mkfifoat(dirfd, "fifo", 0644), 0);
	CHECK_INT(symlinkat("plain", dirfd, "link"), 0);
	CHECK_INT(symlinkat("/plain", dirfd, "absolute"), 0);
	CHECK_INT(symlinkat("../../../../etc/passwd", dirfd, "outside"), 0);
	CHECK_INT(symlinkat("loop", dirfd, "loop"), 0);
	CHECK_INT(symlinkat("/dev/zero", dirfd, "zero"), 0);
	CHECK_INT(symlinkat("/nowhere", dirfd, "dangling"), 0);
	CHECK_INT(symlinkat("/proc/self/exe", dirfd, "magic"), 0);
	CHECK_INT(mknodat(dirfd, "socket", S_IFSOCK | 0644, 0), 0);
	check_opened(dirfd, "plain");
	check_opened(dirfd, "edge");
	check_opened(dirfd, "link");
	check_opened(dirfd, "absolute");
	check_refused(dirfd, "huge", EFBIG);
	check_refused(dirfd, "directory", EINVAL);
	check_refused(dirfd, "fifo", EINVAL);
	check_refused(dirfd, "loop", ELOOP);
	check_refused(dirfd, "outside", ENOENT);
	check_refused(dirfd, "zero", ENOENT);
	check_refused(dirfd, "dangling", ENOENT);
	check_refused(dirfd, "magic", ENOENT);
	check_refused(dirfd, "missing", ENOENT);
	check_refused(dirfd, "socket", ENXIO);
	if (mknodat(dirfd, "device", S_IFCHR | 0644, makedev(1, 5)) == 0) /* root only */
		check_refused(dirfd, "device", EINVAL);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unlinkat(dirfd, names[i], 0);
	unlinkat(dirfd, "directory", AT_REMOVEDIR);
	close(dirfd);
	CHECK_INT(rmdir(directory), 0);
}

static void test_unreadable(void)
{
	struct account account;
	gid_t gids[ACCOUNT_GROUPS_MAX];
	uint32_t gid;
	size_t n = 0;
	int fd = open("/", O_RDONLY | O_CLOEXEC);

	CHECK_CASE("a directory cannot be read");
	CHECK_INT(account_find_user(fd, "x", 0, &account), -1);
	CHECK_INT(account_find_group(fd, "x", &gid), -1);
	CHECK_INT(account_add_groups(fd, "x", gids, &n), -1);
	close(fd);
	CHECK_CASE("no descriptor");
	CHECK_INT(account_find_user(-1, "x", 0, &account), -1);
}

int main(void)
{
	test_users();
	test_malformed();
	test_numeric_names();
	test_nul();
	test_long_fields();
	test_long_lines();
	test_many_lines();
	test_groups();
	test_too_many_groups();
	test_open();
	test_unreadable();
	return check_end();
}
