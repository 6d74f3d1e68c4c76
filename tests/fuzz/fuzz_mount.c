// SPDX-License-Identifier: Apache-2.0
/*
 * The texts of -v, --mount, --tmpfs, --device and --shm-size: what is accepted has a normal,
 * absolute destination and contradicts itself in nothing. The first byte chooses the option.
 */
#include "base/path.h"
#include "nsrun/spec.h"
#include "tests/fuzz/fuzz.h"

static void check_mount(struct arena *arena, const struct mount *mount)
{
	REQUIRE(mount->destination && mount->destination[0] == '/');
	REQUIRE(strcmp(path_normalize(arena, mount->destination), mount->destination) == 0);
	REQUIRE(!(mount->set & mount->keep));
	REQUIRE(mount->type != MOUNT_FILE && !mount->content);
	REQUIRE((mount->source != NULL) ==
		(mount->type == MOUNT_BIND || mount->type == MOUNT_OVERLAY));
	REQUIRE(!mount->source || *mount->source);
	REQUIRE((mount->upper != NULL) == (mount->work != NULL));
	REQUIRE(!mount->data || (!strchr(mount->data, '\n') || strchr(mount->data, '=')));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int (*const setters[])(struct spec *, const char *, struct error *) = {
		spec_add_volume, spec_add_mount, spec_add_tmpfs, spec_add_device, spec_set_shm_size
	};
	uint8_t which = fuzz_byte(&data, &size) % 5;
	struct arena arena = FUZZ_ARENA;
	const char *text = arena_strndup(&arena, (const char *)data, size);
	struct spec spec;
	struct error err;

	spec_init(&spec, &arena, ACTION_RUN);
	memset(&err, 0, sizeof(err));
	if (setters[which](&spec, text, &err) < 0) {
		REQUIRE(*err.id && *err.text && spec.mounts.n == 0);
	} else if (which < 4) {
		REQUIRE(spec.mounts.n == 1);
		check_mount(&arena, &spec.mounts.v[0]);
	}
	arena_free_all(&arena);
	return 0;
}
