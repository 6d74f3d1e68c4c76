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
 * @dir:           descriptor of its directory; -1 where it is one of a list
 * @id:            64 hex digits
 * @damage:        why its files cannot be read (DAMAGED)
 * @created_ns, @started_ns, @finished_ns: since 1970; 0: not yet
 * @pid:           host's pid of its first process while it runs
 * @pidfd:         that process, which nobody else can be mistaken for; -1 while it does not run, and
 *                 in a list
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
	bool starting; /* its command does not run yet: who entered it now would be on the host still */
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

/**
 * container_list() - All of them, oldest first; a damaged one hides no other
 *
 * Return: 0; or -1 with @err (id "state-directory") where a place cannot be looked into: @ret has what
 *         is elsewhere.
 * They have no descriptors, of which there could be too many: container_find_again() opens one.
 */
int container_list(struct arena *arena, nsrun_containers *ret, struct error *err);

/**
 * container_find_again() - Open one of a list
 *
 * Return: 0 with @ret, or -1 with @err (id "container-unknown"): it is gone by now, though another
 *         may have its name.
 */
int container_find_again(struct arena *arena, const struct container *listed,
			 struct container **ret, struct error *err);

/** container_refresh() - Read again what became of it. */
void container_refresh(struct arena *arena, struct container *container);

/** container_refuse_damaged() - -1 with @err "state-damaged": its files cannot be read, or believed. */
int container_refuse_damaged(const struct container *container, struct error *err);

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
 * runs it, and returns at once with life.detach. Waits while the container is being started.
 * Return: 0, or -1 with @err (id "container-not-running").
 */
int container_bind_exec(struct container *container, struct spec *spec, struct error *err);

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
 * container_copy_in() - Copy a file or a directory of the host into a container
 * @idle:    where it does not run: the plan of its spec after spec_begin_idle(); else NULL
 * @outside: a path as the caller sees it
 * @inside:  a path of the container; a directory that exists is copied into
 * @notice:  told what is left out (devices, FIFOs, sockets)
 *
 * What is new belongs to the container's root. Return: 0, or -1 with @err (id "copy-lost": what is
 * there is kept only while the container runs).
 */
int container_copy_in(struct container *container, const struct plan *idle, const char *outside,
		      const char *inside, nsrun_notice notice, void *arg, struct error *err);

/** container_copy_out() - The other way; what is new belongs to the caller. */
int container_copy_out(struct container *container, const struct plan *idle, const char *inside,
		       const char *outside, nsrun_notice notice, void *arg, struct error *err);

/** container_rename() - Give it another name. */
int container_rename(struct arena *arena, struct container *container, const char *name,
		     struct error *err);

/* --- reading --- */

/** struct log_options - @tail: how many lines; UINT64_MAX: all. @until_ns is not included */
struct log_options {
	bool follow;
	uint64_t tail;
	uint64_t since_ns;
	uint64_t until_ns;
};

/**
 * struct log_entry - A line of output, or a part of one
 * @fd:     1 or 2
 * @stamp:  RFC 3339; NULL: the log is damaged here, and @text is what stands there
 * @begins: no part of this line was given before
 * @ends:   none follows
 */
struct log_entry {
	int fd;
	const char *stamp;
	size_t stamp_length;
	const char *text;
	size_t length;
	bool begins;
	bool ends;
};

/** struct log_sink - Where they go; @flush: nothing follows for a while. Both: 0, or -1 with @err */
struct log_sink {
	int (*entry)(const struct log_entry *entry, void *arg, struct error *err);
	int (*flush)(void *arg, struct error *err);
	void *arg;
};

/**
 * container_logs() - Read a container's log
 *
 * With follow: until the container has ended, or nobody reads standard output or error any more.
 * Return: 0, or -1 with @err (ids "log-none", "log", "log-watch").
 */
int container_logs(const struct container *container, const struct log_options *options,
		   const struct log_sink *sink, struct error *err);

/** container_status_name() - "created", "running", "paused", "exited" or "damaged". */
const char *container_status_name(const struct container *container);

/** container_status_text() - For people: "Up 3 minutes". */
const char *container_status_text(struct arena *arena, const struct container *container);

/** container_age_text() - How long ago that was: "3 minutes ago"; "" for 0. */
const char *container_age_text(struct arena *arena, uint64_t since_ns);

/** container_inspect() - All there is to know of it, as JSON in podman's shape. */
const char *container_inspect(struct arena *arena, const struct container *container);

/** container_inspect_list() - The same of several, as a JSON list. */
const char *container_inspect_list(struct arena *arena, const nsrun_containers *list);

/** container_list_json() - What a list shows of containers, as a JSON list. */
const char *container_list_json(struct arena *arena, const nsrun_containers *list);

/** Which of a container's facts a template names. */
enum container_view {
	VIEW_INSPECT, /* those of container_inspect() */
	VIEW_LIST,    /* those of a list: ID, Names, Status ... */
	VIEW_LIST_WHOLE, /* the same, ids and commands in full length */
};

/** container_format() - A template of Go's, as far as that is known; -1 with @err ("template"). */
int container_format(struct arena *arena, const struct container *container,
		     enum container_view view, const char *template, const char **ret,
		     struct error *err);

/** container_format_titles() - The titles of a template's columns. */
int container_format_titles(struct arena *arena, const char *template, const char **ret,
			    struct error *err);

/**
 * struct container_process - One process in a container
 * @inside_parent: 0: none in the container
 * @uid:           ID_NONE: does not exist inside
 * @tty:           "pts/0", or "?"
 * @command:       as it says itself: any bytes
 */
struct container_process {
	pid_t pid;
	pid_t inside_pid;
	pid_t inside_parent;
	uint32_t uid;
	uint32_t host_uid;
	uint64_t cpu_ms;
	uint64_t age_ms;
	const char *tty;
	const char *command;
};

typedef NSRUN_ARRAY(struct container_process) nsrun_processes;

/** container_top() - The processes in a container that runs, by pid; -1 with @err. */
int container_top(struct arena *arena, const struct container *container, nsrun_processes *ret,
		  struct error *err);

/**
 * struct container_usage - What a container uses
 * @when_ns:     of the measurement, monotonic
 * @age_ns:      since it was started
 * @cpu_ns:      since it was started; without a control group only grows while processes live
 * @limit_bytes: how much memory it can have
 * @has_network: it has a network of its own
 */
struct container_usage {
	uint64_t when_ns;
	uint64_t age_ns;
	uint64_t cpu_ns;
	uint64_t memory_bytes;
	uint64_t limit_bytes;
	uint64_t pids;
	bool has_network;
	uint64_t received_bytes;
	uint64_t sent_bytes;
	uint64_t read_bytes;
	uint64_t written_bytes;
};

/** container_measure() - Measure one that runs; -1 with @err. */
int container_measure(struct arena *arena, const struct container *container,
		      struct container_usage *ret, struct error *err);

/** struct container_stat - A line of the statistics; @cpu_hundredths: percent of one processor */
struct container_stat {
	const struct container *container;
	struct container_usage usage;
	uint64_t cpu_hundredths;
};

typedef NSRUN_ARRAY(struct container_stat) nsrun_stats;

/** container_stats_json() - Statistics as a JSON list. */
const char *container_stats_json(struct arena *arena, const nsrun_stats *stats);

/**
 * container_published() - "80/tcp -> 0.0.0.0:8080", one line for each port
 * @port: only that one: "80", "80/udp"; or NULL
 */
void container_published(struct arena *arena, const struct container *container, const char *port,
			 nsrun_strings *ret);

/** container_name_check() - Whether a text can be a container's name; -1 with @err. */
int container_name_check(const char *name, struct error *err);

#endif
