/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Knowing a process again. A pid alone says nothing: it may be another's by now. Runs in: every
 * process on the host's side.
 */
#ifndef NSRUN_SYS_PROCESS_H
#define NSRUN_SYS_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define BOOT_ID_SIZE 37 /* a UUID and its NUL */

/**
 * struct process_identity - What makes a process the same one, within one boot
 * @pid:        as this pid namespace numbers it; 0: none
 * @start_time: field 22 of /proc/PID/stat, in clock ticks since boot
 * @pid_ns:     inode of its pid namespace, which it cannot change; 0: could not be read
 */
struct process_identity {
	pid_t pid;
	uint64_t start_time;
	uint64_t pid_ns;
};

/** process_identify() - What is there to know of a process that exists; 0, or -1 with errno. */
int process_identify(pid_t pid, struct process_identity *ret);

/**
 * process_open() - A pidfd of the process that was identified, and of no other
 *
 * Return: a pidfd, or -1 with errno: ESRCH when it has ended, also when its pid is somebody else's
 *         by now. Needs: Linux 5.3.
 */
int process_open(const struct process_identity *identity);

/** process_pid_namespace() - Inode of the calling process's pid namespace; 0 when unknown. */
uint64_t process_pid_namespace(void);

/** process_boot_id() - This boot's identity (random(4)); 0, or -1 with errno. */
int process_boot_id(char ret_id[BOOT_ID_SIZE]);

/** process_pidfd_pid() - The pid of a pidfd's process; -1 when it is dead, or the file no pidfd. */
pid_t process_pidfd_pid(int pidfd);

/** process_kill_children() - SIGKILL to all that a process has made and not waited for. */
void process_kill_children(int pidfd);

/** process_has_ended() - Whether a pidfd's process is dead. */
bool process_has_ended(int pidfd);

/** process_await_end() - Wait for that; @timeout_ms -1: forever. Whether it is dead. */
bool process_await_end(int pidfd, int timeout_ms);

#endif
