/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing a container's log, in the format of podman's k8s-file (and of Kubernetes):
 *
 *     2026-11-22T18:00:00.123456789Z stdout F the line
 *
 * F: a full line; P: a part of one, more of it follows. Runs in: the monitor.
 */
#ifndef NSRUN_LIFE_LOG_H
#define NSRUN_LIFE_LOG_H

#include "nsrun/error.h"

#include <stddef.h>
#include <stdint.h>

/**
 * struct log - An open log
 * @dir:       the container's directory; borrowed
 * @max_bytes: of one file; 0: no limit
 * @max_files: how many files there are, the current one included
 * @lost:      bytes of output that could not be written
 */
struct log {
	int dir;
	int fd;
	uint64_t size;
	uint64_t max_bytes;
	uint32_t max_files;
	uint64_t lost;
};

/** log_open() - Continue a container's log, or begin it; 0, or -1 with @err (id "log"). */
int log_open(struct log *log, int dir, uint64_t max_bytes, uint32_t max_files, struct error *err);

/**
 * log_write() - Write what a container has written to one of its descriptors
 * @fd: 1 or 2
 *
 * Never waits for a reader. What a full disk does not take is counted, and the count is written as
 * soon as there is room again.
 */
void log_write(struct log *log, int fd, const char *bytes, size_t length);

void log_close(struct log *log);

#endif
