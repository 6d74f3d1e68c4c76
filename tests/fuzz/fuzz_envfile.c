// SPDX-License-Identifier: Apache-2.0
/* The file of --env-file: every variable that it sets has a name that can be one. */
#include "nsrun/spec.h"
#include "tests/fuzz/fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = FUZZ_ARENA;
	int fd = memfd_create("env-file", MFD_CLOEXEC);
	struct spec spec;
	struct error err;
	char path[32];

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	spec_init(&spec, &arena, ACTION_RUN);
	memset(&err, 0, sizeof(err));
	if (spec_add_env_file(&spec, path, &err) < 0)
		REQUIRE(*err.id && *err.text);
	else
		for (size_t i = 0; i < spec.env_files.n; i++) {
			const char *name = spec.env_files.v[i].name;

			REQUIRE(name && *name && !strchr(name, '=') && !strchr(name, '\n'));
		}
	close(fd);
	arena_free_all(&arena);
	return 0;
}
