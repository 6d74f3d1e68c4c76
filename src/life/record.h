/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two files of a container: config.json, written once, says how it was made; state.json what
 * became of it. Runs in: nsrun and the monitor.
 */
#ifndef NSRUN_LIFE_RECORD_H
#define NSRUN_LIFE_RECORD_H

#include "nsrun/container.h"
#include "sys/process.h"

#define RECORD_VERSION 1

enum record_status {
	RECORD_CREATED,
	RECORD_STARTING, /* its first process exists, the command does not run yet */
	RECORD_RUNNING,
	RECORD_EXITED,
};

/**
 * struct record - state.json
 * @init:    the first process, while STARTING or RUNNING
 * @boot_id: in which boot; another one's processes are gone
 * @viewer:  pid namespace in which @init.pid means something
 */
struct record {
	enum record_status status;
	struct process_identity init;
	const char *boot_id;
	uint64_t viewer;
	uint64_t started_ns;
	uint64_t finished_ns;
	int exit_code;
	uint32_t restarts;
	const char *error;
	const char *cgroup;
};

/** record_open_process() - A pidfd of its first process; -1 with errno, ESRCH: there is none. */
int record_open_process(const struct record *record);

/** record_write_config() - Write config.json; 0, or -1 with @err (id "state-write"). */
int record_write_config(struct arena *arena, int dir, const struct container *container,
			struct error *err);

/** record_read_config() - Fill a container from it; -1 with @err (id "state-damaged"). */
int record_read_config(struct arena *arena, struct container *container, struct error *err);

/** record_log_driver_name(), record_restart_name() - The words of the command line. */
const char *record_log_driver_name(enum log_driver driver);
const char *record_restart_name(enum restart_policy policy);

int record_write_state(struct arena *arena, int dir, const struct record *record,
		       struct error *err);
int record_read_state(struct arena *arena, int dir, struct record *ret, struct error *err);

#endif
