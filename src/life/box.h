/* SPDX-License-Identifier: Apache-2.0 */
/* What the files about boxes share. Runs in: nsrun. */
#ifndef NSRUN_LIFE_BOX_H
#define NSRUN_LIFE_BOX_H

#include "nsrun/box.h"

#define BOX_PLACES_MAX 2

/**
 * struct box_place - A directory of the host that the box sees: what is linked into it comes in
 * @inside: where
 */
struct box_place {
	int fd;
	const char *outside;
	const char *inside;
};

/**
 * struct box_places - The box's runtime directory, and one on the file system of /tmp if that is
 *                     another: a socket can be linked within its own file system only
 */
struct box_places {
	size_t n;
	struct box_place v[BOX_PLACES_MAX];
};

/** box_open_places() - Open them, made if missing; 0, or -1 with @err. */
int box_open_places(struct arena *arena, const char *name, struct box_places *ret,
		    struct error *err);

void box_close_places(struct box_places *places);

/** box_add_sockets() - The mounts by which sockets come in, for a box that starts. */
void box_add_sockets(struct spec *spec, const struct box_places *places);

/** box_bind() - Mount a directory of the host, unless the user has something else there. */
void box_bind(struct spec *spec, const char *source, const char *destination, bool optional);

/** box_set_env() - A variable of the box. */
int box_set_env(struct spec *spec, const char *name, const char *value, struct error *err);

/** box_know_user() - Fill in who the caller is. */
void box_know_user(struct spec *spec);

/** box_know_groups() - His groups, which takes longer. */
void box_know_groups(struct spec *spec);

/** box_read_rootfs() - What the rootfs has: accounts and shells; 0, or -1 with @err. */
int box_read_rootfs(struct spec *spec, struct error *err);

#endif
