// SPDX-License-Identifier: Apache-2.0
/*
 * Making the network namespace of a bridge. Runs in: holder, on the host's side; what says "inside"
 * in a process that is in the new namespaces and ends when they are furnished.
 */
#include "run/bridge_space.h"

#include "base/fd.h"
#include "run/bridge_protocol.h"
#include "sys/idmap.h"
#include "sys/link.h"
#include "sys/masquerade.h"
#include "sys/namespace.h"
#include "sys/netlink.h"
#include "sys/syscalls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

/* as the interfaces of the helpers: a large segment goes through in one piece */
#define BRIDGE_MTU 65520

#define PREFIX6_BITS 64

void bridge_address6(const struct bridge *bridge, uint32_t address, unsigned char ret[16])
{
	uint32_t host = htonl(address & ~(UINT32_MAX << (32 - bridge->bits)));

	memset(ret, 0, 16);
	memcpy(ret, bridge->prefix6, sizeof(bridge->prefix6));
	memcpy(ret + 12, &host, sizeof(host));
}

/* one address, one hardware address: neighbours need not learn that somebody else has it by now */
static void choose_hardware(uint32_t address, unsigned char ret[LINK_HARDWARE_BYTES])
{
	const uint32_t ipv4 = htonl(address);

	ret[0] = 0x02; /* of one machine, and given to nobody by the IEEE */
	ret[1] = 0x6e;
	memcpy(ret + 2, &ipv4, sizeof(ipv4));
}

/* a kernel without IPv6, or an interface on which it is switched off, has only the other */
static bool has_no_ipv6(int errnum)
{
	return errnum == EOPNOTSUPP || errnum == EAFNOSUPPORT || errnum == EACCES ||
	       errnum == EPERM;
}

static int add_addresses(int link, int index, const struct bridge *bridge, uint32_t address)
{
	uint32_t ipv4 = htonl(address);
	unsigned char ipv6[16];

	bridge_address6(bridge, address, ipv6);
	if (link_add_address(link, index, AF_INET, &ipv4, bridge->bits) < 0)
		return -1;
	if (link_add_address(link, index, AF_INET6, ipv6, PREFIX6_BITS) < 0 && !has_no_ipv6(errno))
		return -1;
	return 0;
}

/* --- inside --- */

static int inside_make_bridge(const struct bridge *bridge, int link)
{
	unsigned char hardware[LINK_HARDWARE_BYTES];
	int index;

	choose_hardware(bridge->subnet + 1, hardware);
	if (link_add_bridge(link, BRIDGE_INTERFACE, BRIDGE_MTU, hardware) < 0)
		return -1;
	index = link_find(link, BRIDGE_INTERFACE);
	if (index < 0 || link_raise(link, index, 0) < 0)
		return -1;
	return add_addresses(link, index, bridge, bridge->subnet + 1);
}

static int inside_forward(struct error *err)
{
	if (masquerade_allow_forwarding() < 0)
		return error_set(err, "bridge-forward", errno,
				 "nothing leads out of the network: it cannot forward packets");
	if (masquerade_enable(NETWORK_INTERFACE) < 0)
		return error_set(err, "bridge-forward", errno,
				 "nothing leads out of the network: the kernel's nf_tables cannot "
				 "translate addresses");
	return 0;
}

static int inside_furnish(const struct bridge *bridge, int fds[BRIDGE_FDS_MAX], struct error *err)
{
	fds[1] = netlink_watch_routes(err);
	if (fds[1] < 0 || ns_raise_loopback(err) < 0)
		return -1;
	fds[0] = link_open_socket();
	if (fds[0] < 0 || inside_make_bridge(bridge, fds[0]) < 0)
		return error_set(err, "bridge-make", errno, "cannot make the bridge of '%s'",
				 bridge->name);
	return 0;
}

static _Noreturn void inside_main(const struct bridge *bridge, int socket)
{
	struct bridge_message message = { .type = BRIDGE_FAILED };
	int fds[BRIDGE_FDS_MAX] = { -1, -1 };
	struct bridge_message go;
	int unused[BRIDGE_FDS_MAX];

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (bridge_receive(socket, &go, unused) < 0 || go.type != BRIDGE_JOIN)
		_exit(1);
	if (inside_furnish(bridge, fds, &message.error) == 0) {
		message.type = BRIDGE_JOINED;
		message.routed = inside_forward(&message.error) == 0;
	}
	bridge_send(socket, &message, fds, message.type == BRIDGE_JOINED ? 2 : 0);
	/* its namespaces can be opened by its pid until the holder has done so */
	bridge_receive(socket, &go, unused);
	_exit(0);
}

/* --- the holder's part --- */

static int write_maps(pid_t pid, struct error *err)
{
	char uids[32], gids[32];

	snprintf(uids, sizeof(uids), "0 %u 1\n", geteuid());
	snprintf(gids, sizeof(gids), "0 %u 1\n", getegid());
	return idmap_write(pid, uids, gids, true, err);
}

static int take_space(int socket, pid_t pid, struct bridge_space *ret, struct error *err)
{
	struct bridge_message message = { .type = BRIDGE_JOIN };
	int fds[BRIDGE_FDS_MAX] = { -1, -1 };
	char path[64];

	if (bridge_send(socket, &message, NULL, 0) < 0 ||
	    bridge_receive(socket, &message, fds) < 0)
		message.type = BRIDGE_END;
	ret->link = fds[0];
	ret->routes = fds[1];
	if (message.type == BRIDGE_FAILED)
		return *err = message.error, -1;
	if (message.type != BRIDGE_JOINED || fds[1] < 0)
		return error_set(err, "bridge-make", 0, "the process that makes the bridge died");
	ret->forwards = message.routed;
	ret->problem = message.error;
	ret->index = link_find(ret->link, BRIDGE_INTERFACE);
	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	ret->netns = ns_open(NS_NETWORK, path, err);
	return ret->netns < 0 ? -1 : 0;
}

int bridge_space_make(const struct bridge *bridge, struct bridge_space *ret, struct error *err)
{
	int ends[2], pidfd, result;
	pid_t pid;

	*ret = (struct bridge_space){ .link = -1, .routes = -1, .netns = -1 };
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return error_set(err, "bridge-make", errno, "cannot make a pair of sockets");
	pid = sys_clone_process(CLONE_NEWUSER | CLONE_NEWNET, &pidfd);
	if (pid == 0) {
		fd_close(ends[0]);
		inside_main(bridge, ends[1]);
	}
	fd_close(ends[1]);
	if (pid < 0) {
		fd_close(ends[0]);
		return error_set(err, "clone", errno, "cannot make the namespaces of '%s'",
				 bridge->name);
	}
	result = write_maps(pid, err);
	if (result == 0)
		result = take_space(ends[0], pid, ret, err);
	fd_close(ends[0]);
	fd_close(pidfd);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return result;
}

/* --- cables --- */

static int connect_both(const struct bridge_space *space, int netns_socket, const char *interface,
			const char *port, uint32_t address, int *ret_index)
{
	unsigned char hardware[LINK_HARDWARE_BYTES];
	int index;

	choose_hardware(address, hardware);
	if (link_add_veth(netns_socket, interface, hardware, port, space->netns, BRIDGE_MTU) < 0)
		return -1;
	index = link_find(space->link, port);
	if (index < 0 || link_raise(space->link, index, space->index) < 0)
		return -1;
	*ret_index = link_find(netns_socket, interface);
	return *ret_index < 0 ? -1 : 0;
}

static int add_routes(const struct bridge *bridge, int netns_socket, bool ipv6)
{
	uint32_t gateway = htonl(bridge->subnet + 1);
	unsigned char gateway6[16];

	bridge_address6(bridge, bridge->subnet + 1, gateway6);
	if (link_add_default_route(netns_socket, AF_INET, &gateway) < 0)
		return -1;
	if (ipv6 && link_add_default_route(netns_socket, AF_INET6, gateway6) < 0 &&
	    !has_no_ipv6(errno))
		return -1;
	return 0;
}

int bridge_space_plug(const struct bridge_space *space, const struct bridge *bridge,
		      int netns_socket, const char *interface, unsigned number, uint32_t address,
		      bool routed, bool ipv6, struct error *err)
{
	char port[16];
	int index;

	snprintf(port, sizeof(port), "port%u", number);
	if (connect_both(space, netns_socket, interface, port, address, &index) < 0 ||
	    add_addresses(netns_socket, index, bridge, address) < 0 ||
	    link_raise(netns_socket, index, 0) < 0 ||
	    (routed && add_routes(bridge, netns_socket, ipv6) < 0))
		return error_set(err, "bridge-plug", errno,
				 "cannot connect the container with the network '%s'",
				 bridge->name);
	return 0;
}
