// SPDX-License-Identifier: Apache-2.0
/*
 * Damaged files of a container: whatever lies there is read as a container, or refused, and what
 * is read can be written and read again to the same effect.
 */
#include "base/arena.h"
#include "base/fd.h"
#include "life/record.h"
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* in memory: every file is synchronised */
static char path[] = "/dev/shm/nsrun-fuzz.XXXXXX";

static void remove_directory(void)
{
	rmdir(path);
}

static int directory(void)
{
	static int dir = -1;

	if (dir < 0) {
		REQUIRE(mkdtemp(path) && atexit(remove_directory) == 0);
		dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		REQUIRE(dir >= 0);
	}
	return dir;
}

static void put(int dir, const char *name, const uint8_t *data, size_t size)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	REQUIRE(fd >= 0 && fd_write_all(fd, data, size) == 0);
	close(fd);
}

static void check_state(struct arena *arena, int dir)
{
	struct record one, other;
	struct error err;

	if (record_read_state(arena, dir, &one, &err) < 0) {
		REQUIRE(strcmp(err.id, "state-damaged") == 0);
		return;
	}
	REQUIRE(one.boot_id && one.error);
	REQUIRE(record_write_state(arena, dir, &one, &err) == 0);
	REQUIRE(record_read_state(arena, dir, &other, &err) == 0);
	REQUIRE(one.status == other.status && one.init.pid == other.init.pid &&
		one.init.start_time == other.init.start_time && one.exit_code == other.exit_code &&
		strcmp(one.error, other.error) == 0);
}

static void check_config(struct arena *arena, int dir)
{
	struct container one = { .dir = dir }, other = { .dir = dir };
	struct error err;

	if (record_read_config(arena, &one, &err) < 0) {
		REQUIRE(strcmp(err.id, "state-damaged") == 0);
		return;
	}
	REQUIRE(strlen(one.id) == CONTAINER_ID_SIZE - 1 && one.rootfs && one.cwd);
	REQUIRE(record_write_config(arena, dir, &one, &err) == 0);
	REQUIRE(record_read_config(arena, &other, &err) == 0);
	REQUIRE(one.argv.n == other.argv.n && one.life.restart == other.life.restart &&
		one.life.log_max_bytes == other.life.log_max_bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { .on_exhausted = abort };
	int dir = directory();

	put(dir, "state.json", data, size);
	check_state(&arena, dir);
	put(dir, "config.json", data, size);
	check_config(&arena, dir);
	unlinkat(dir, "state.json", 0);
	unlinkat(dir, "config.json", 0);
	arena_free_all(&arena);
	return 0;
}
