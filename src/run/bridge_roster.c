// SPDX-License-Identifier: Apache-2.0
/* Who is on a bridge. Runs in: holder; allocates nothing. */
#include "run/bridge_roster.h"

#include "run/bridge_space.h"
#include "sys/process.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

void bridge_roster_init(struct bridge_roster *members, const struct bridge *bridge)
{
	members->bridge = bridge;
	members->next = 2; /* after the network's own number, and its bridge's */
}

struct bridge_member *bridge_roster_place(struct bridge_roster *members)
{
	for (size_t i = 0; i < members->n; i++)
		if (members->v[i].pidfd < 0)
			return &members->v[i];
	if (members->n == BRIDGE_ROSTER_MAX)
		return NULL;
	members->v[members->n] = (struct bridge_member)BRIDGE_NOBODY;
	return &members->v[members->n++];
}

/* --- addresses --- */

static bool is_taken(const struct bridge_roster *members, uint32_t address)
{
	for (size_t i = 0; i < members->n; i++)
		if (members->v[i].pidfd >= 0 && members->v[i].address == address)
			return true;
	return false;
}

/* neither the network's own number, nor its bridge's, nor everybody's */
static bool is_for_members(const struct bridge *bridge, uint32_t address)
{
	uint32_t last = bridge->subnet | ~(UINT32_MAX << (32 - bridge->bits));

	return address > bridge->subnet + 1 && address < last;
}

static const char *address_text(uint32_t address, char text[INET_ADDRSTRLEN])
{
	struct in_addr in = { .s_addr = htonl(address) };

	return inet_ntop(AF_INET, &in, text, INET_ADDRSTRLEN);
}

/* the next one after the last: a neighbour's memory of who had it before fades */
int bridge_roster_choose_address(struct bridge_roster *members, uint32_t wanted, uint32_t *ret,
				   struct error *err)
{
	const struct bridge *bridge = members->bridge;
	uint32_t hosts = 1U << (32 - bridge->bits);
	char text[INET_ADDRSTRLEN];

	if (wanted && !is_for_members(bridge, wanted))
		return error_set(err, "bridge-address", 0,
				 "the address %s is none for a container on the network '%s'",
				 address_text(wanted, text), bridge->name);
	if (wanted && is_taken(members, wanted))
		return error_set(err, "bridge-address", 0,
				 "the address %s on the network '%s' belongs to another container",
				 address_text(wanted, text), bridge->name);
	*ret = wanted;
	for (uint32_t i = 0; i < hosts && *ret == 0; i++) {
		uint32_t address = bridge->subnet + members->next;

		members->next = (members->next + 1) % hosts;
		if (is_for_members(bridge, address) && !is_taken(members, address))
			*ret = address;
	}
	return *ret ? 0 : error_set(err, "bridge-address", 0,
				    "no address is free on the network '%s'", bridge->name);
}

/* --- names --- */

static void describe_entry(const struct bridge_roster *members,
			   const struct bridge_member *member, char *text, size_t size)
{
	char ipv4[INET_ADDRSTRLEN], ipv6[INET6_ADDRSTRLEN];
	unsigned char address6[16];

	bridge_address6(members->bridge, member->address, address6);
	snprintf(text, size, "%s\t%s\n%s\t%s\n", address_text(member->address, ipv4), member->names,
		 inet_ntop(AF_INET6, address6, ipv6, sizeof(ipv6)), member->names);
}

static void tell_entry(struct bridge_roster *members, const struct bridge_entry *entry)
{
	for (size_t i = 0; i < members->n; i++)
		if (members->v[i].pidfd >= 0)
			bridge_file_write(&members->v[i].hosts, &members->lines, entry);
}

static bool add_entry(struct bridge_roster *members, struct bridge_member *member)
{
	char text[2 * (BRIDGE_NAMES_MAX + INET6_ADDRSTRLEN + 2)];

	describe_entry(members, member, text, sizeof(text));
	return bridge_lines_add(&members->lines, &member->entry, text);
}

/* the lines of those who left fill it up */
static void rewrite_names(struct bridge_roster *members)
{
	members->lines.length = 0;
	for (size_t i = 0; i < members->n; i++)
		if (members->v[i].pidfd >= 0)
			add_entry(members, &members->v[i]);
	tell_entry(members, NULL);
}

void bridge_roster_add_name(struct bridge_roster *members, struct bridge_member *member)
{
	if (add_entry(members, member))
		tell_entry(members, &member->entry);
	else
		rewrite_names(members);
}

void bridge_roster_drop_name(struct bridge_roster *members, const struct bridge_member *member)
{
	bridge_lines_drop(&members->lines, &member->entry);
	tell_entry(members, &member->entry);
}

static bool has_name(const struct bridge_member *member, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = member->names; *at; at += strcspn(at, " "), at += strspn(at, " "))
		if (strncmp(at, name, length) == 0 && (at[length] == ' ' || !at[length]))
			return true;
	return false;
}

void bridge_roster_add_other_name(struct bridge_roster *members, int pidfd, const char *name)
{
	pid_t pid = process_pidfd_pid(pidfd);

	for (size_t i = 0; i < members->n && pid > 0; i++) {
		struct bridge_member *member = &members->v[i];
		size_t length = strlen(member->names);

		if (member->pidfd < 0 || process_pidfd_pid(member->pidfd) != pid ||
		    has_name(member, name) || length + 1 + strlen(name) >= sizeof(member->names))
			continue;
		bridge_roster_drop_name(members, member);
		snprintf(member->names + length, sizeof(member->names) - length, " %s", name);
		bridge_roster_add_name(members, member);
	}
}
