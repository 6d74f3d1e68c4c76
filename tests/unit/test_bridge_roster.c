// SPDX-License-Identifier: Apache-2.0
/* Who is on a bridge: addresses that are given out, and what is written into each one's hosts file. */
#include "run/bridge_roster.h"

#include "base/fd.h"
#include "tests/unit/check.h"

#include <sys/mman.h>

#define SUBNET 0x0a590000U /* 10.89.0.0 */

static struct bridge_roster roster; /* large, and zero */

static void begin(const struct bridge *bridge)
{
	for (size_t i = 0; i < roster.n; i++) {
		fd_close(roster.v[i].pidfd);
		fd_close(roster.v[i].hosts.fd);
	}
	memset(&roster, 0, sizeof(roster));
	bridge_roster_init(&roster, bridge);
}

/* as a container that comes; its pidfd is any descriptor */
static struct bridge_member *come(uint32_t wanted, const char *names)
{
	struct bridge_member *member = bridge_roster_place(&roster);
	struct error err;

	if (!CHECK_OK(bridge_roster_choose_address(&roster, wanted, &member->address, &err), &err))
		exit(check_end());
	member->pidfd = memfd_create("pidfd", MFD_CLOEXEC);
	bridge_file_open(&member->hosts, memfd_create("hosts", MFD_CLOEXEC));
	bridge_file_write(&member->hosts, &roster.lines, NULL);
	snprintf(member->names, sizeof(member->names), "%s", names);
	bridge_roster_add_name(&roster, member);
	return member;
}

static void go(struct bridge_member *member)
{
	bridge_roster_drop_name(&roster, member);
	fd_close(take_fd(&member->hosts.fd));
	fd_close(take_fd(&member->pidfd));
}

static const char *known_to(const struct bridge_member *member)
{
	static char text[4096];
	ssize_t n = pread(member->hosts.fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void test_addresses(void)
{
	const struct bridge bridge = { .name = "n", .subnet = SUBNET, .bits = 29 };
	struct bridge_member *first;
	uint32_t address;
	struct error err;

	begin(&bridge);
	first = come(0, "a");
	CHECK_UINT(first->address, SUBNET + 2);
	CHECK_UINT(come(SUBNET + 4, "b")->address, SUBNET + 4);
	CHECK_UINT(come(0, "c")->address, SUBNET + 3);
	CHECK_UINT(come(0, "d")->address, SUBNET + 5);
	go(first);
	/* not at once to the next one: neighbours remember who had it */
	CHECK_UINT(come(0, "e")->address, SUBNET + 6);
	CHECK_UINT(come(0, "f")->address, SUBNET + 2);
	CHECK_INT(bridge_roster_choose_address(&roster, 0, &address, &err), -1);
	CHECK_STR(err.id, "bridge-address");
	/* nor its own number, the bridge's, everybody's, and what is outside */
	for (uint32_t i = 0; i < 9; i++)
		CHECK_INT(bridge_roster_choose_address(&roster, SUBNET + i, &address, &err), -1);
}

static void test_names(void)
{
	const struct bridge bridge = { .name = "n", .subnet = SUBNET, .bits = 24, .prefix6 = { 0xfd } };
	struct bridge_member *one, *two;

	begin(&bridge);
	one = come(0, "one");
	CHECK_STR(known_to(one), "10.89.0.2\tone\nfd00::2\tone\n");
	two = come(0, "two second");
	CHECK_STR(known_to(one), "10.89.0.2\tone\nfd00::2\tone\n10.89.0.3\ttwo second\nfd00::3\ttwo second\n");
	CHECK_STR(known_to(two), known_to(one));
	go(two);
	CHECK_STR(known_to(one),
		  "10.89.0.2\tone\nfd00::2\tone\n#0.89.0.3\ttwo second\n#d00::3\ttwo second\n");
}

static void write_as_container(const struct bridge_member *member, const char *text, off_t at)
{
	CHECK_INT(pwrite(member->hosts.fd, text, strlen(text), at), (ssize_t)strlen(text));
}

/* what a container writes into its own file stays, and what the holder writes is whole */
static void test_written_by_others(void)
{
	const struct bridge bridge = { .name = "n", .subnet = SUBNET, .bits = 24, .prefix6 = { 0xfd } };
	struct bridge_member *one, *two;

	begin(&bridge);
	one = come(0, "one");
	write_as_container(one, "192.0.2.1\tmine", 26); /* without a newline, even */
	two = come(0, "two");
	CHECK_STR(known_to(one), "#0.89.0.2\tone\n#d00::2\tone\n192.0.2.1\tmine\n"
				 "10.89.0.2\tone\nfd00::2\tone\n10.89.0.3\ttwo\nfd00::3\ttwo\n");
	CHECK_STR(known_to(two), "10.89.0.2\tone\nfd00::2\tone\n10.89.0.3\ttwo\nfd00::3\ttwo\n");
	/* written anew by the container, something before, and as long as before */
	CHECK_INT(ftruncate(one->hosts.fd, 0), 0);
	write_as_container(one, "10.89.0.3\ttwo\nfd00::3\ttwo\n192.0.2.1\tmine\n", 0);
	go(two);
	CHECK_STR(known_to(one), "#0.89.0.3\ttwo\n#d00::3\ttwo\n192.0.2.1\tmine\n"
				 "10.89.0.2\tone\nfd00::2\tone\n#0.89.0.3\ttwo\n#d00::3\ttwo\n");
	/* and after that as ever */
	come(0, "three");
	CHECK(strstr(known_to(one), "#d00::3\ttwo\n10.89.0.4\tthree\nfd00::4\tthree\n") != NULL);
	/* emptied */
	CHECK_INT(ftruncate(one->hosts.fd, 0), 0);
	come(0, "four");
	CHECK(strncmp(known_to(one), "10.89.0.2\tone\n", 14) == 0);
}

static void test_full(void)
{
	const struct bridge bridge = { .name = "n", .subnet = SUBNET, .bits = 24 };
	struct bridge_member *stays;

	begin(&bridge);
	stays = come(0, "stays");
	/* those who have left fill it up: then it is written anew */
	for (int i = 0; i < 10000; i++) {
		struct bridge_member *member = come(0, "a-name-that-is-not-short.example.org");

		if (!CHECK(member != NULL))
			return;
		go(member);
	}
	CHECK(strncmp(known_to(stays), "10.89.0.2\tstays\n", 16) == 0);
	CHECK(roster.lines.length <= sizeof(roster.lines.text));
}

int main(void)
{
	test_addresses();
	test_names();
	test_written_by_others();
	test_full();
	begin(NULL);
	return check_end();
}
