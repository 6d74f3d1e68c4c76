/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where containers are kept: a directory of directories, one for each, with the container's name.
 * What is there is read by scanning it; there is no index that could be wrong. Runs in: nsrun.
 */
#ifndef NSRUN_LIFE_STORE_H
#define NSRUN_LIFE_STORE_H

#include "nsrun/container.h"

#define STORE_PLACES_MAX 4
#define STORE_FILE_MAX	 ((size_t)32 << 20) /* beyond what execve(2) takes, however it is escaped */

/**
 * struct store - The directories that exist and are the caller's own
 * @fd:     of "containers" (or "networks") in each
 * @closed: one that is the caller's own and could not be opened, because of @errnum; or NULL
 */
struct store {
	size_t n;
	int fd[STORE_PLACES_MAX];
	const char *path[STORE_PLACES_MAX];
	const char *closed;
	int errnum;
};

/** store_open() - Every place that has containers; there may be none. */
void store_open(struct arena *arena, struct store *ret);

/** store_is_whole() - 0, or -1 with @err (id "state-directory"): what lies in @closed is not seen. */
int store_is_whole(const struct store *store, struct error *err);

void store_close(struct store *store);

/**
 * store_open_first() - The place for new containers, made if it is missing
 *
 * $XDG_RUNTIME_DIR/nsrun, else /run/user/UID/nsrun, else /run/nsrun for root, else /tmp/nsrun-UID,
 * each only if it belongs to the caller alone.
 * Return: descriptor of its "containers", or -1 with @err (id "state-directory").
 */
int store_open_first(struct arena *arena, struct error *err);

/**
 * store_open_boxes() - Beside the containers: a directory for each box, that it sees inside
 * @shared:   the one below /tmp, and no better one
 * @ret_path: its path
 *
 * Return: descriptor, or -1 with @err (id "state-directory").
 */
int store_open_boxes(struct arena *arena, bool shared, const char **ret_path, struct error *err);

/** store_open_networks() - Every place that has networks; there may be none. */
void store_open_networks(struct arena *arena, struct store *ret);

/** store_open_first_network() - Where new ones are made; a descriptor, or -1 with @err. */
int store_open_first_network(struct arena *arena, struct error *err);

/** store_publish() - Give a directory its name, which nobody else can have; -1 with EEXIST. */
int store_publish(int containers, const char *from, const char *name);

/** store_read_file() - A small file of a container's directory; NULL with errno. */
char *store_read_file(struct arena *arena, int dir, const char *name, size_t *ret_length);

/** store_discard() - Empty a container's directory and remove it; 0, or -1 with errno. */
int store_discard(int containers, const char *name);

/** store_sweep() - Remove what killed commands have left half made or half removed. */
void store_sweep(int containers);

/** store_lock_directory() - Say that a half-made directory has a maker; until its end. */
int store_lock_directory(int dir);

#endif
