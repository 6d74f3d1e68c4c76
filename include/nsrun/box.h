/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boxes: containers that are their user's own place, with his name, his home directory, his ssh
 * agent and his display. What a box is made of is written down below the configuration directory
 * and outlives a restart of the machine; while it runs it is a container as any other.
 */
#ifndef NSRUN_BOX_H
#define NSRUN_BOX_H

#include "nsrun/container.h"

/**
 * struct box - What a box is made of
 * @rootfs: absolute, with ":O" where its changes are thrown away
 * @argv:   the options
 * @cwd:    the directory in which it was made, for paths in @argv
 */
struct box {
	const char *name;
	const char *rootfs;
	const char *cwd;
	nsrun_strings argv;
};

typedef NSRUN_ARRAY(struct box) nsrun_boxes;

/** box_find() - 1 with @ret, 0 when there is none, -1 with @err (id "box-damaged"). */
int box_find(struct arena *arena, const char *name, struct box *ret, struct error *err);

/** box_list() - All of them, by name; one whose file cannot be read has no rootfs. */
int box_list(struct arena *arena, nsrun_boxes *ret, struct error *err);

/** box_locate() - Make the rootfs of a new one absolute. */
void box_locate(struct arena *arena, struct box *box);

/** box_define() - Write it down; 0, or -1 with @err (id "box-write"). */
int box_define(struct arena *arena, const struct box *box, struct error *err);

/** box_forget() - The contrary; one that is not there is no error. */
int box_forget(struct arena *arena, const char *name, struct error *err);

/**
 * box_lock() - Be the one who makes, starts or removes a box
 *
 * Waits for whoever else does.
 * Return: a descriptor, to be closed afterwards, or -1 with @err (id "state-directory").
 */
int box_lock(struct arena *arena, const char *name, struct error *err);

/** box_unlock() - Close it, also for a monitor that was started meanwhile. */
void box_unlock(int lock);

/** box_discard() - Remove what it has in the state directories. */
void box_discard(struct arena *arena, const char *name);

/**
 * box_begin() - From a fresh spec to that of a box, before its options are read
 *
 * Return: 0, or -1 with @err: a bad name.
 */
int box_begin(struct spec *spec, const char *name, struct error *err);

/**
 * box_furnish() - Afterwards, for its start: the user, his home and his sockets
 *
 * Return: 0, or -1 with @err (id "box-rootfs", "state-directory").
 */
int box_furnish(struct spec *spec, struct error *err);

/**
 * box_enter() - Between the two, for somebody who enters it: environment and sockets of this login
 * @notice: told of a socket that cannot be had inside; may be NULL
 */
int box_enter(struct spec *spec, nsrun_notice notice, void *arg, struct error *err);

/** box_follow() - After its options were read: the caller's directory, as the box calls it. */
void box_follow(struct spec *spec);

#endif
