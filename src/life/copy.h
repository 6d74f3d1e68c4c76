/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copying between a container and the host. Two processes, one on each side, exchange entries over a
 * socket: the sender walks a tree and hands open files over, the receiver makes what it is told.
 * Neither ever resolves a path of the other's side, and below the place that the user named nobody
 * follows a symbolic link. docs/protocol.md has the conversation. Runs in: nsrun, and a process
 * inside the container; both sides run this same code.
 */
#ifndef NSRUN_LIFE_COPY_H
#define NSRUN_LIFE_COPY_H

#include "nsrun/container.h"

#include <limits.h>
#include <sys/stat.h>

#define COPY_DEPTH_MAX 256

enum copy_type {
	COPY_DIRECTORY = 1, /* sender: what follows is in it, until UP */
	COPY_UP,	    /* sender */
	COPY_FILE,	    /* sender, with an open descriptor */
	COPY_LINK,	    /* sender: @text is its target */
	COPY_SKIPPED,	    /* sender inside: @text is the path of what is not copied */
	COPY_END,	    /* sender: that was all */
	COPY_DONE,	    /* receiver inside: all is there */
	COPY_FAILED,	    /* whoever is inside: @error */
	COPY_TYPES,
};

/**
 * struct copy_message - One datagram; what is not used of the end is not sent
 * @contents: the first DIRECTORY only: what is in it, not itself ("DIR/.")
 * @length:   bytes of @text
 */
struct copy_message {
	uint32_t type;
	uint32_t mode;
	uint32_t contents;
	uint32_t length;
	int64_t mtime_s;
	int64_t mtime_ns;
	char name[NAME_MAX + 1];
	union {
		char text[PATH_MAX];
		struct error error;
	};
};

/**
 * struct copy_place - A path that the user named
 * @root: AT_FDCWD: of the host, as the caller sees it; else the container's root, which it cannot leave
 * @lost, @n_lost: file systems on which nothing that is received stays
 */
struct copy_place {
	int root;
	const char *path;
	const dev_t *lost;
	size_t n_lost;
};

/** copy_message_send() - 0, or -1 with errno (EPIPE: the other side is gone). */
int copy_message_send(int socket, const struct copy_message *message, int attached);

/**
 * copy_message_receive() - Wait for one, and check that it is one
 *
 * Return: 1 with @ret_attached (or -1), 0 at the end, -1 with errno (EPROTO: no message).
 */
int copy_message_receive(int socket, struct copy_message *ret, int *ret_attached);

/** copy_name_is_plain() - Whether a text is one component that is no way up. */
bool copy_name_is_plain(const char *name);

/**
 * struct copy_path - A path, cut into the directory that is looked up and the last name
 * @name:     "" where there is none but ".", ".." or the root
 * @slash:    it ends in one, so it means a directory
 * @contents: it ends in "/." or has no name: what is in the directory is meant
 */
struct copy_path {
	char directory[PATH_MAX];
	char name[NAME_MAX + 1];
	bool slash;
	bool contents;
};

/** copy_path_split() - Pure; 0, or -1 with errno (ENAMETOOLONG, ENOENT for an empty one). */
int copy_path_split(const char *path, struct copy_path *ret);

/** copy_place_open() - Open a path at a place's root; a descriptor, or -1 with errno. */
int copy_place_open(const struct copy_place *place, const char *path, int flags);

/**
 * copy_bytes() - All of one regular file into another, which is empty; holes stay holes
 *
 * Return: 0, or -1 with errno.
 */
int copy_bytes(int from, int to);

/**
 * copy_send() - Walk a tree and send it, END included
 * @notice: told what is left out; NULL: it is sent as SKIPPED
 *
 * Return: 0, or -1 with @err, its id "copy-peer" where the other side is gone.
 */
int copy_send(int socket, const struct copy_place *place, nsrun_notice notice, void *arg,
	      struct error *err);

/**
 * copy_receive() - Make what is sent, until END
 * @mask:   permissions that nothing gets
 * @notice: told what SKIPPED says
 *
 * What is there already under a name is replaced, but for directories, which are filled.
 * Return: 0, or -1 with @err.
 */
int copy_receive(int socket, const struct copy_place *place, mode_t mask, nsrun_notice notice,
		 void *arg, struct error *err);

#endif
