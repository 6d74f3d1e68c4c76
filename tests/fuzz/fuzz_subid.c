// SPDX-License-Identifier: Apache-2.0
/*
 * Subordinate id files: every range that comes out is one of ids that exist, no owner gets another
 * one's line, and it makes no difference in which pieces the file is read.
 */
#include "sys/subid.h"
#include "tests/fuzz/fuzz.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define SIZE_MAX_PIECES 256 /* each byte is a datagram of its own */

static int note_range(const struct subid_range *range, void *arg)
{
	REQUIRE(range->count > 0);
	REQUIRE((uint64_t)range->start + range->count <= UINT32_MAX);
	text_add(arg, "%u+%u ", range->start, range->count);
	return 0;
}

static int scan_whole(const uint8_t *data, size_t size, const struct subid_owner *owner,
		      struct text *seen)
{
	int fd = memfd_create("subid", MFD_CLOEXEC), result;

	REQUIRE(fd >= 0 && write(fd, data, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0);
	result = subid_scan(fd, owner, note_range, seen);
	close(fd);
	return result;
}

static int scan_bytewise(const uint8_t *data, size_t size, const struct subid_owner *owner,
			 struct text *seen)
{
	int ends[2], result;

	REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
	for (size_t i = 0; i < size; i++)
		REQUIRE(write(ends[1], &data[i], 1) == 1);
	close(ends[1]);
	result = subid_scan(ends[0], owner, note_range, seen);
	close(ends[0]);
	return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct subid_owner owners[] = {
		{ "alice", 1001 }, { NULL, 1001 }, { "alice", UINT32_MAX }, { "1001", 5 }
	};
	struct arena arena = FUZZ_ARENA;

	for (size_t i = 0; i < sizeof(owners) / sizeof(owners[0]); i++) {
		struct text whole = { .arena = &arena }, bytewise = { .arena = &arena };
		int result = scan_whole(data, size, &owners[i], &whole);

		REQUIRE(result == 0 || result == -1);
		REQUIRE(result == 0 || memchr(data, '\0', size));
		/* nobody of these is named "1001", and no line of his can be told from a uid's */
		REQUIRE(i != 3 || !whole.n || memchr(data, '5', size));
		if (size > SIZE_MAX_PIECES)
			continue;
		REQUIRE(scan_bytewise(data, size, &owners[i], &bytewise) == result);
		REQUIRE(strcmp(text_string(&whole), text_string(&bytewise)) == 0);
	}
	arena_free_all(&arena);
	return 0;
}
