/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What /proc tells of processes. Read through a descriptor of each one's directory, so that all of
 * it is about the same process. Runs in: nsrun. Whatever a process says of itself (its name, its
 * command line) is a stranger's.
 */
#ifndef NSRUN_SYS_PROCESS_FACTS_H
#define NSRUN_SYS_PROCESS_FACTS_H

#include "nsrun/types.h"

#include <sys/types.h>

#define PID_LEVELS_MAX 33 /* MAX_PID_NS_LEVEL of the kernel, and the first */

/**
 * struct process_facts - One process
 * @pids:      its pid in each pid namespace, from the reader's on
 * @n_pids:    how many those are
 * @uid:       effective, as the reader sees it
 * @tty:       device number of its terminal; 0: none
 * @cpu_ticks: what it has used, in clock ticks
 * @dead_ticks: what its children that are gone have used
 * @start_ticks: since boot
 * @name:      of its program, at most 15 bytes
 */
struct process_facts {
	pid_t pids[PID_LEVELS_MAX];
	size_t n_pids;
	pid_t parent;
	uint32_t uid;
	uint32_t tty;
	uint64_t cpu_ticks;
	uint64_t dead_ticks;
	uint64_t start_ticks;
	uint64_t resident_pages;
	char name[64];
};

/** process_parse_stat() - Read the text of /proc/PID/stat; -1 if malformed. Pure. */
int process_parse_stat(const char *text, struct process_facts *ret);

/** process_parse_status() - Add what /proc/PID/status says: ids; -1 if malformed. Pure. */
int process_parse_status(const char *text, struct process_facts *ret);

/** process_read() - Read both, of the process whose /proc directory that is; -1 with errno. */
int process_read(int dir, struct process_facts *ret);

/** process_command_line() - Its arguments with blanks between, or its name in brackets. */
const char *process_command_line(struct arena *arena, int dir, const struct process_facts *facts);

typedef NSRUN_ARRAY(pid_t) process_pids;

/** process_list() - All processes there are at the moment; -1 with errno. */
int process_list(struct arena *arena, process_pids *ret);

/** process_directory() - A descriptor of /proc/PID, or -1 with errno. */
int process_directory(pid_t pid);

/** process_uptime_ticks() - Clock ticks since boot, as start_ticks counts; 0 when unknown. */
uint64_t process_uptime_ticks(void);

#endif
