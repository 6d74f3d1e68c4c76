/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Network interfaces (rtnetlink(7)). The socket says in which network namespace. Runs in every
 * process; allocates nothing. All return 0, or -1 with errno.
 */
#ifndef NSRUN_SYS_LINK_H
#define NSRUN_SYS_LINK_H

#include <stdint.h>

/** link_open_socket() - A socket of the own network namespace; -1 with errno. */
int link_open_socket(void);

/** link_namespace() - The network namespace of a socket, as a descriptor; -1 with errno. */
int link_namespace(int fd);

#define LINK_HARDWARE_BYTES 6

/**
 * link_add_bridge() - A bridge
 * @hardware: its hardware address: without one of its own it has the lowest of its ports, another one
 *            whenever a port comes or goes, and who knows the former reaches nobody until he asks again
 */
int link_add_bridge(int fd, const char *name, uint32_t mtu,
		    const unsigned char hardware[LINK_HARDWARE_BYTES]);

/**
 * link_add_veth() - A pair of interfaces; the other end goes to a network namespace of its own
 * @hardware: the hardware address of the end that stays
 */
int link_add_veth(int fd, const char *name, const unsigned char hardware[LINK_HARDWARE_BYTES],
		  const char *peer, int peer_namespace, uint32_t mtu);

/** link_find() - The index of an interface; -1 with errno. */
int link_find(int fd, const char *name);

/** link_raise() - Set it up; @master: the index of the bridge that it belongs to, or 0. */
int link_raise(int fd, int index, int master);

/** link_add_address() - @family: AF_INET or AF_INET6; of as many bytes. */
int link_add_address(int fd, int index, int family, const void *address, unsigned prefix_bits);

int link_add_default_route(int fd, int family, const void *gateway);

#endif
