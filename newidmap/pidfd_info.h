/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PIDFD_GET_INFO of Linux 6.13, which the headers of older distributions lack. Its first version
 * only: the kernel takes any size from that one on. Runs in: id helper.
 */
#ifndef NSRUN_NEWIDMAP_PIDFD_INFO_H
#define NSRUN_NEWIDMAP_PIDFD_INFO_H

#include <linux/ioctl.h>
#include <stdint.h>

/** struct pidfd_info_v0 - include/uapi/linux/pidfd.h of 6.13; only @pid is used here */
struct pidfd_info_v0 {
	uint64_t mask;
	uint64_t cgroupid;
	uint32_t pid;
	uint32_t other[11]; /* tgid, ppid, eight ids, spare */
};

#define PIDFD_GET_INFO_V0 _IOWR(0xFF, 11, struct pidfd_info_v0)

_Static_assert(sizeof(struct pidfd_info_v0) == 64, "the size is part of the ioctl's number");

#endif
