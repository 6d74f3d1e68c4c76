/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Containers that are kept: named, detached, listed, stopped and removed. Each is a directory that
 * holds all there is to know of it; there is no daemon, no index and no lock but each one's own.
 */
#ifndef NSRUN_CONTAINER_H
#define NSRUN_CONTAINER_H

#include "nsrun/nsrun.h"

#include <sys/types.h>

#define CONTAINER_NAME_MAX 128
#define CONTAINER_ID_SIZE  65 /* 32 bytes in hex, and a NUL */
#define CONTAINER_ID_SHORT 12

/** What a container does at the moment. */
enum container_status {
	CONTAINER_CREATED, /* never started */
	CONTAINER_RUNNING,
	CONTAINER_PAUSED,
	CONTAINER_EXITED,
	CONTAINER_DAMAGED, /* its files cannot be read; see @damage */
};

/**
 * struct container - One container, as its directory and the kernel tell of it
 * @dir:           descriptor of its directory
 * @id:            64 hex digits
 * @damage:        why its files cannot be read (DAMAGED)
 * @created_ns, @started_ns, @finished_ns: since 1970; 0: not yet
 * @pid:           host's pid of its first process while it runs
 * @pidfd:         that process, which nobody else can be mistaken for; -1 while it does not run
 * @monitor:       pid of its monitor, or 0: then nobody takes its output and its exit status
 * @exit_code:     status of its last end; -1: nobody saw it
 * @error:         why it could not be started the last time, or ""
 * @argv:          the options, ROOTFS and command with which it was made; a NULL follows them
 * @cwd:           the directory in which that was
 * @environment:   what --env and --env-host took from the caller then, "NAME=VALUE"
 * @env_file:      the lines of its --env-file, which need not be there any more: "NAME[=VALUE]"
 * @box:           name of the box that it is (nsrun/box.h), or NULL
 * @cgroup:        its own control group below the cgroup2 mount, or NULL
 */
struct container {
	int dir;
	const char *name;
	const char *id;
	enum container_status status;
	struct error damage;

	/* how it was made */
	uint64_t created_ns;
	const char *rootfs;
	nsrun_strings command;
	nsrun_strings labels; /* "KEY=VALUE" */
	nsrun_strings ports;  /* HOST:PORT->PORT/PROTOCOL */
	nsrun_strings argv;
	nsrun_strings environment;
	nsrun_strings env_file;
	const char *cwd;
	struct spec_life life;
	struct auto_ids auto_ids; /* @count 0: none of its own */
	bool tty;
	bool interactive;
	const char *box;

	/* what became of it */
	uint64_t started_ns;
	uint64_t finished_ns;
	pid_t pid;
	int pidfd;
	pid_t monitor;
	int exit_code;
	uint32_t restarts;
	const char *error;
	const char *cgroup;
	uint64_t lost_bytes; /* of output, by who is attached: it was too slow */
};

typedef NSRUN_ARRAY(struct container *) nsrun_containers;

/* --- finding --- */

/**
 * container_find() - The container of a name, or of the beginning of an id
 *
 * Return: 0 with @ret (a damaged one, too), or -1 with @err (id "container-unknown").
 */
int container_find(struct arena *arena, const char *word, struct container **ret,
		   struct error *err);

/** container_list() - All of them, oldest first; a damaged one hides no other. */
int container_list(struct arena *arena, nsrun_containers *ret, struct error *err);

/** container_refresh() - Read again what became of it. */
void container_refresh(struct arena *arena, struct container *container);

/** container_close() - Close its descriptors. */
void container_close(struct container *container);

/** container_state_directory() - Where the containers are kept, for messages; or NULL. */
const char *container_state_directory(struct arena *arena);

/* --- making and starting --- */

/**
 * container_prepare() - Settle what a spec says of other containers, before it is planned
 *
 * Whose namespaces are joined; and a range of ids that no other container has, which is kept from
 * others until this process ends or the container is created.
 * Return: 0, or -1 with @err.
 */
int container_prepare(struct spec *spec, struct error *err);

/**
 * container_create() - Keep a container
 * @spec: what was asked for; its life.name, or the id where it has none, becomes the name
 * @plan: made from @spec
 * @argv: the options and operands that @spec came from, for the time when it is started again
 *
 * The directory appears whole under its name, or not at all.
 * Return: 0 with @ret, or -1 with @err (id "container-exists").
 */
int container_create(const struct spec *spec, const struct plan *plan, const char *const *argv,
		     struct container **ret, struct error *err);

/**
 * container_start() - Start it, with a monitor of its own
 * @plan:   made from a spec that container_load() prepared, or the one it was created with
 * @attach: give the caller a channel for container_attach(), see there
 * @ret_attached: receives that channel, or -1
 *
 * Return: 0 when its command runs, or -1 with @err; then it does not run.
 */
int container_start(struct container *container, const struct plan *plan, bool attach,
		    nsrun_notice notice, void *arg, int *ret_attached, struct error *err);

/**
 * container_bind() - What a spec made from container->argv cannot know: its id and environment
 *
 * For planning its next start.
 */
void container_bind(const struct container *container, struct spec *spec);

/**
 * container_bind_exec() - Turn that spec into one of another command in the running container
 *
 * What that command is, who runs it and where, is then set as for any other spec; nsrun_launch()
 * runs it, and returns at once with life.detach.
 * Return: 0, or -1 with @err (id "container-not-running").
 */
int container_bind_exec(const struct container *container, struct spec *spec, struct error *err);

/* --- living with it --- */

/** struct attach_options - @input: pass standard input on; @sig_proxy: pass signals on */
struct attach_options {
	bool input;
	bool sig_proxy;
	const char *detach_keys; /* "ctrl-p,ctrl-q"; "": none */
};

#define ATTACH_DETACHED (-2)

/**
 * container_attach() - Be its terminal, or its output's reader, until it ends or the user detaches
 * @attached: from container_start(), whose container ends when this process dies; or -1
 *
 * Return: its exit status, ATTACH_DETACHED, or -1 with @err.
 */
int container_attach(struct container *container, int attached,
		     const struct attach_options *options, struct error *err);

/** container_signal() - Send a signal to its first process; one that it would drop ends it. */
int container_signal(struct container *container, int signal, struct error *err);

/**
 * container_pause() - Let nothing in it run, for a while
 * @notice: told where that is done by signals, since it has no control group of its own
 *
 * Return: 0, or -1 with @err (id "container-paused" when it is already).
 */
int container_pause(struct container *container, nsrun_notice notice, void *arg,
		    struct error *err);

/** container_unpause() - Let it run again; -1 with @err (id "container-not-paused"). */
int container_unpause(struct container *container, struct error *err);

/**
 * container_stop() - Ask it to end, and end it when it does not
 * @timeout_s: how long to wait before SIGKILL; UINT32_MAX: as it was created with
 *
 * Return: 0 when it does not run any more, also when it did not before.
 */
int container_stop(struct container *container, uint32_t timeout_s, struct error *err);

/** container_wait() - Wait for its end; exit status, -1 with @err; 255 when nobody saw it. */
int container_wait(struct container *container, struct error *err);

/** container_remove() - Remove it; one that runs only with @force. */
int container_remove(struct container *container, bool force, struct error *err);

/**
 * container_copy_in() - Copy a file or a directory of the host into a container that runs
 * @outside: a path as the caller sees it
 * @inside:  a path of the container; a directory that exists is copied into
 * @notice:  told what is left out (devices, FIFOs, sockets)
 *
 * What is new belongs to the container's root. Return: 0, or -1 with @err.
 */
int container_copy_in(struct container *container, const char *outside, const char *inside,
		      nsrun_notice notice, void *arg, struct error *err);

/** container_copy_out() - The other way; what is new belongs to the caller. */
int container_copy_out(struct container *container, const char *inside, const char *outside,
		       nsrun_notice notice, void *arg, struct error *err);

/** container_rename() - Give it another name. */
int container_rename(struct container *container, const char *name, struct error *err);

/** container_name_check() - Whether a text can be a container's name; -1 with @err. */
int container_name_check(const char *name, struct error *err);

#endif
