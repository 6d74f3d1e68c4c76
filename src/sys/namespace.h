/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of namespaces, their names and flags (namespaces(7)). */
#ifndef NSRUN_SYS_NAMESPACE_H
#define NSRUN_SYS_NAMESPACE_H

#include "nsrun/error.h"
#include "nsrun/types.h"

/** struct ns_kind_info - @name as options and plans spell it, @proc_name below /proc/PID/ns */
struct ns_kind_info {
	const char *name;
	const char *oci_name;
	const char *proc_name;
	uint64_t clone_flag;
};

/** ns_kind_info() - Facts about a kind; never NULL. */
const struct ns_kind_info *ns_kind_info(enum ns_kind kind);

/**
 * ns_raise_loopback() - Set the "lo" interface of the own network namespace up
 *
 * Runs in: init. Needs: CAP_NET_ADMIN over that namespace.
 * Return: 0, or -1 with @err (id "loopback").
 */
int ns_raise_loopback(struct error *err);

/**
 * ns_open() - Open a namespace file for setns(2), making sure that it is one
 * @choice: NS_JOIN with a path
 *
 * Return: descriptor, or -1 with @err (id "ns-open").
 */
int ns_open(enum ns_kind kind, const char *path, struct error *err);

/** ns_owner() - The user namespace that owns a namespace (ioctl_ns(2)); -1 with errno. */
int ns_owner(int ns_fd);

#endif
