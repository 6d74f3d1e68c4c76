// SPDX-License-Identifier: Apache-2.0
/* The directory of what nsrun remembers between two runs. Runs in: supervisor. */
#include "config/cache.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Made if it is missing. @shut: taken only when nobody else can write into it. */
static int open_directory(int parent, const char *path, int no_follow, mode_t shut)
{
	auto_close int fd = -1;
	struct stat status;

	if (mkdirat(parent, path, 0700) < 0 && errno != EEXIST)
		return -1;
	fd = openat(parent, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | no_follow);
	if (fd < 0 || fstat(fd, &status) < 0)
		return -1;
	/* with sudo the home may be another user's: nothing of root's goes there */
	return status.st_uid != geteuid() || status.st_mode & shut ? -1 : take_fd(&fd);
}

int cache_open(void)
{
	const char *cache = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");
	auto_close int base = -1;

	if (cache && *cache == '/') {
		base = open_directory(AT_FDCWD, cache, 0, 0);
	} else if (home && *home == '/') {
		auto_close int fd = openat(AT_FDCWD, home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		base = fd < 0 ? -1 : open_directory(fd, ".cache", 0, 0);
	}
	return base < 0 ? -1 : open_directory(base, "nsrun", O_NOFOLLOW, 022);
}
