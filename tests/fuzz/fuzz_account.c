// SPDX-License-Identifier: Apache-2.0
/*
 * A hostile passwd and group file: what is found has the name or number that was asked for, its
 * texts end, and no list of groups grows beyond its room. The first byte chooses a name, the
 * second one a number.
 */
#include "sys/account.h"
#include "tests/fuzz/fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

static void check_account(const struct account *account)
{
	REQUIRE(memchr(account->name, '\0', sizeof(account->name)) && account->name[0]);
	REQUIRE(memchr(account->home, '\0', sizeof(account->home)));
	REQUIRE(!strpbrk(account->name, ":\n") && !strpbrk(account->home, ":\n"));
	REQUIRE(account->uid != UINT32_MAX && account->gid != UINT32_MAX);
}

static void find_users(int fd, const char *name, uint32_t uid)
{
	struct account account;
	int found = account_find_user(fd, name, 0, &account);

	REQUIRE(found == 0 || found == 1);
	if (found) {
		check_account(&account);
		REQUIRE(strcmp(account.name, name) == 0);
	}
	found = account_find_user(fd, NULL, uid, &account);
	REQUIRE(found == 0 || found == 1);
	if (found) {
		check_account(&account);
		REQUIRE(account.uid == uid);
	}
}

static void find_groups(int fd, const char *name)
{
	static gid_t gids[ACCOUNT_GROUPS_MAX];
	uint32_t gid = UINT32_MAX;
	size_t n = 0;
	int found = account_find_group(fd, name, &gid);

	REQUIRE(found == 0 || (found == 1 && gid != UINT32_MAX));
	REQUIRE(account_add_groups(fd, name, gids, &n) == 0);
	REQUIRE(n <= ACCOUNT_GROUPS_MAX);
	for (size_t i = 0; i < n && n < 50; i++)
		for (size_t j = 0; j < i; j++)
			REQUIRE(gids[i] != gids[j]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "root", "a", "1000", "", "redis" };
	const char *name = names[fuzz_byte(&data, &size) % 5];
	uint32_t uid = fuzz_byte(&data, &size) % 4 * 333;
	int fd = memfd_create("accounts", MFD_CLOEXEC);

	REQUIRE(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	find_users(fd, name, uid);
	find_groups(fd, name);
	close(fd);
	return 0;
}
