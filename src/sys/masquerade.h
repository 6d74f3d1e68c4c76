/* SPDX-License-Identifier: Apache-2.0 */
/* Address translation by nftables, without its programs. */
#ifndef NSRUN_SYS_MASQUERADE_H
#define NSRUN_SYS_MASQUERADE_H

/**
 * masquerade_enable() - What leaves the own network namespace by an interface, leaves in its name
 *
 * Replies go back to who asked. IPv4 and IPv6. Allocates nothing.
 * Needs:  Linux 5.2 with nf_tables, and CAP_NET_ADMIN over the network namespace.
 * Return: 0, or -1 with errno.
 */
int masquerade_enable(const char *interface);

/** masquerade_allow_forwarding() - Let packets pass from one interface to another; -1 with errno. */
int masquerade_allow_forwarding(void);

#endif
