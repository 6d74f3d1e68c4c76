// SPDX-License-Identifier: Apache-2.0
/*
 * The cache of compiled profiles: used when it is right, passed over when anything is wrong with
 * it. A use is told from a new compilation by an entry whose program was changed, checksum and all.
 */
#include "base/arena.h"
#include "base/fd.h"
#include "config/seccomp_cache.h"

#include "tests/unit/check.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/filter.h>
#include <sys/stat.h>

#define PROFILE                                                                                    \
	"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"reboot\"],"             \
	"\"action\":\"SCMP_ACT_ERRNO\"}]}"

static struct arena arena = CHECK_ARENA;
static char base[] = "/tmp/nsrun-test-XXXXXX";
static char profile[64];
static char cache[64];

static void write_file(const char *path, const void *bytes, size_t length)
{
	auto_close int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	CHECK(fd >= 0 && fd_write_all(fd, bytes, length) == 0);
}

static bool load(uint64_t capabilities, struct filter_program *program)
{
	const struct filter_options options = { 0 };
	struct error err;

	return CHECK_OK(seccomp_load_file(&arena, profile, capabilities, &options, program, &err),
			&err);
}

/* The path of the only entry, or NULL when there is none, or another number of them. */
static char *find_entry(size_t wanted)
{
	DIR *directory = opendir(cache);
	char *found = NULL;
	struct dirent *entry;
	size_t n = 0;

	while (directory && (entry = readdir(directory)))
		if (entry->d_name[0] != '.' && ++n)
			found = arena_printf(&arena, "%s/%s", cache, entry->d_name);
	if (directory)
		closedir(directory);
	return n == wanted ? found : NULL;
}

static char *read_entry(const char *path, size_t *ret_length)
{
	char *bytes = arena_alloc(&arena, 65536);
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd_read_full(fd, bytes, 65536);

	CHECK(n > 0);
	*ret_length = n > 0 ? (size_t)n : 0;
	return bytes;
}

/* As the cache does it, so that only the key is wrong: flags, key and program follow each other. */
static void sign(char *bytes, size_t length)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 40; i < length; i++)
		sum = (sum ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
	memcpy(bytes + 32, &sum, sizeof(sum));
}

static void test_use(void)
{
	struct filter_program first, second;
	char *path, *bytes;
	size_t length;
	ino_t inode;
	struct stat status;

	CHECK_CASE("an entry is made, for its owner only, and kept");
	if (!load(0, &first))
		return;
	path = find_entry(1);
	if (!CHECK(path))
		return;
	CHECK(stat(cache, &status) == 0 && (status.st_mode & 07777) == 0700);
	CHECK(stat(path, &status) == 0 && (status.st_mode & 07777) == 0600);
	inode = status.st_ino;
	CHECK(load(0, &second) && second.count == first.count &&
	      memcmp(first.bytes, second.bytes, first.count * sizeof(struct sock_filter)) == 0);
	CHECK(stat(path, &status) == 0 && status.st_ino == inode);

	CHECK_CASE("other capabilities are another entry");
	CHECK(load(1, &second) && find_entry(2));

	CHECK_CASE("an entry of the same name for another profile");
	bytes = read_entry(path, &length);
	bytes[length - 8] ^= 1; /* the last instruction, to see that a signed entry is taken */
	sign(bytes, length);
	write_file(path, bytes, length);
	CHECK(load(0, &second) && memcmp(first.bytes, second.bytes, first.count * 8) != 0);
	bytes[100] ^= 1;
	sign(bytes, length);
	write_file(path, bytes, length);
	CHECK(load(0, &second) && memcmp(first.bytes, second.bytes, first.count * 8) == 0);
	CHECK(stat(path, &status) == 0 && status.st_ino != inode);
}

/* Each way of being wrong: the program must be right, and the entry must be replaced. */
static void test_damage(void)
{
	struct filter_program right, got;
	char *path, *bytes;
	size_t length;

	if (!load(7, &right) || !(path = find_entry(3)))
		return;
	bytes = read_entry(path, &length);
	for (size_t i = 0; i < length; i += i < 40 ? 1 : 29) {
		bytes[i] ^= 0x20;
		write_file(path, bytes, length);
		bytes[i] ^= 0x20;
		CHECK_CASE("a changed byte");
		CHECK(load(7, &got) && got.count == right.count &&
		      memcmp(got.bytes, right.bytes, got.count * sizeof(struct sock_filter)) == 0);
	}
	for (size_t cut = 0; cut < length; cut += 13) {
		write_file(path, bytes, cut);
		CHECK_CASE("a cut entry");
		CHECK(load(7, &got) && got.count == right.count);
	}
}

/* What somebody else could have written is not even read. */
static void test_trust(const char *path)
{
	struct filter_program program;
	struct stat status;

	CHECK_CASE("others may write");
	CHECK(chmod(path, 0622) == 0 && load(0, &program));
	CHECK(stat(path, &status) == 0 && (status.st_mode & 07777) == 0600);
	CHECK_CASE("a link");
	CHECK(unlink(path) == 0 && symlink(profile, path) == 0 && load(0, &program));
	CHECK(lstat(path, &status) == 0 && S_ISREG(status.st_mode));
	CHECK_CASE("a fifo");
	CHECK(unlink(path) == 0 && mkfifo(path, 0600) == 0 && load(0, &program));
	CHECK(lstat(path, &status) == 0 && S_ISREG(status.st_mode));
	CHECK_CASE("a directory into which others may write");
	CHECK(unlink(path) == 0 && chmod(cache, 0722) == 0 && load(0, &program));
	CHECK(lstat(path, &status) < 0 && errno == ENOENT);
	CHECK(chmod(cache, 0700) == 0);
	CHECK_CASE("no directory, and none can be made");
	setenv("XDG_CACHE_HOME", "/dev/null", 1);
	CHECK(load(0, &program));
	unsetenv("XDG_CACHE_HOME");
	unsetenv("HOME");
	CHECK(load(0, &program));
	CHECK_CASE("under the home directory");
	setenv("HOME", base, 1);
	CHECK(load(0, &program));
	CHECK_INT(access(arena_printf(&arena, "%s/.cache/nsrun", base), F_OK), 0);
}

static void test_files(void)
{
	const struct filter_options options = { 0 };
	struct filter_program program;
	char *large = arena_alloc(&arena, 2000000);
	struct error err;

	CHECK_CASE("files that are no profile");
	CHECK_FAILS(seccomp_load_file(&arena, "/no/such/file", 0, &options, &program, &err), &err,
		    "seccomp-file");
	CHECK_FAILS(seccomp_load_file(&arena, base, 0, &options, &program, &err), &err,
		    "seccomp-file");
	CHECK_FAILS(seccomp_load_file(&arena, "/dev/zero", 0, &options, &program, &err), &err,
		    "seccomp-profile");
	write_file(profile, "{", 1);
	CHECK_FAILS(seccomp_load_file(&arena, profile, 0, &options, &program, &err), &err,
		    "seccomp-profile");
	CHECK(strstr(err.text, profile));
	memset(large, ' ', 2000000);
	write_file(profile, large, 2000000);
	CHECK_FAILS(seccomp_load_file(&arena, profile, 0, &options, &program, &err), &err,
		    "seccomp-profile");
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status;
	(void)kind;
	(void)place;
	return remove(path);
}

int main(void)
{
	char *path;

	umask(022);
	CHECK(mkdtemp(base) != NULL);
	snprintf(profile, sizeof(profile), "%s/profile.json", base);
	snprintf(cache, sizeof(cache), "%s/nsrun", base);
	setenv("XDG_CACHE_HOME", base, 1);
	write_file(profile, PROFILE, strlen(PROFILE));
	test_use();
	test_damage();
	/* of the three entries, one at a time */
	while ((path = find_entry(3)) || (path = find_entry(2)) || (path = find_entry(1)))
		unlink(path);
	CHECK(load(0, &(struct filter_program){ 0 }));
	path = find_entry(1);
	if (CHECK(path))
		test_trust(path);
	test_files();
	nftw(base, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	arena_free_all(&arena);
	return check_end();
}
