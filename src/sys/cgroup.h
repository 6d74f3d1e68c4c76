/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Control groups, version 2 only (cgroups(7)). The caller may have a part of the tree of his own
 * (delegation); where he has none, there is nothing to be had. Runs in: nsrun and the monitor.
 */
#ifndef NSRUN_SYS_CGROUP_H
#define NSRUN_SYS_CGROUP_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * cgroup_locate() - Where a process's control group lies in the file system
 * @mountinfo: text of /proc/self/mountinfo
 * @groups:    text of /proc/PID/cgroup
 *
 * Pure. Also on a host that has version 1 beside it. The last mount that shows the group wins.
 * Return: 0, or -1 when there is no such place.
 */
int cgroup_locate(const char *mountinfo, const char *groups, char ret_path[PATH_MAX]);

/**
 * cgroup_make_child() - A group of its own below the caller's own one
 * @name: one component
 * @ret_path: its absolute path
 *
 * Return: a descriptor of its directory, or -1 with errno: the caller's own group is not his to
 *         change, or it cannot be frozen.
 */
int cgroup_make_child(const char *name, char ret_path[PATH_MAX]);

/** cgroup_open() - A directory, if it is a control group; -1 with errno. */
int cgroup_open(const char *path);

/** cgroup_enter() - Move the calling process into a group; 0, or -1 with errno. */
int cgroup_enter(int cgroup);

/**
 * cgroup_freeze() - Let nothing in a group run, or let it run again, and wait until it is so
 *
 * Return: 0, or -1 with errno (ETIMEDOUT: something in it cannot be stopped).
 */
int cgroup_freeze(int cgroup, bool freeze);

/** cgroup_remove() - Kill what is in a group, and remove it; what is gone already is no error. */
void cgroup_remove(const char *path);

#endif
