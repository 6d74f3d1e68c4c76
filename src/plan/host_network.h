/* SPDX-License-Identifier: Apache-2.0 */
/* What this machine has for the network of a container. */
#ifndef NSRUN_PLAN_HOST_NETWORK_H
#define NSRUN_PLAN_HOST_NETWORK_H

#include "nsrun/spec.h"

#define OWN_SUBNET_BITS 24
#define OWN_SUBNET_MASK (UINT32_MAX << (32 - OWN_SUBNET_BITS))

/** struct port_fact - One --publish: @errnum 0 and the host's first port, or why it cannot be had */
struct port_fact {
	int errnum;
	uint16_t port; /* which port failed, or the one that is taken */
};

/**
 * struct network_fact - Ways out, and who could carry packets
 * @ipv4:            there is a default route
 * @ipv6:            the same
 * @tun_errnum:      why /dev/net/tun cannot be opened, or 0
 * @pasta:           path of a usable pasta, or NULL
 * @pasta_maps_host: it can give the host an address of its own (--map-guest-addr, 2024)
 * @slirp:           path of a usable slirp4netns, or NULL
 * @address:         the address from which this host speaks to others, or NULL
 * @own_subnet:      private IPv4 addresses (OWN_SUBNET_BITS) that no route of this host but the
 *                   default one leads to, in the host's byte order; 0: none was found
 * @runtime_dir:     where the caller's private sockets live
 * @ports:           one fact per --publish, in its order
 */
struct network_fact {
	bool ipv4;
	bool ipv6;
	int tun_errnum;
	const char *pasta;
	bool pasta_maps_host;
	const char *slirp;
	const char *address;
	uint32_t own_subnet;
	const char *runtime_dir;
	NSRUN_ARRAY(struct port_fact) ports;
};

/**
 * host_probe_network() - Read what the network of @spec needs, and nothing for one without a helper
 *
 * Runs in: supervisor. A helper is asked for its options once, and remembered (config/cache.h).
 */
void host_probe_network(const struct spec *spec, struct network_fact *ret);

/** host_read_routes() - This host's IPv4 routes, as the kernel prints them; "" where it cannot be asked. */
const char *host_read_routes(struct arena *arena);

/** host_has_subnet() - Whether one of the routes, other than a default one, leads into a subnet. */
bool host_has_subnet(const char *routes, uint32_t subnet, uint32_t mask);

#endif
