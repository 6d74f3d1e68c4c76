// SPDX-License-Identifier: Apache-2.0
/*
 * The streaming reader of /etc/subuid, against a second one that has the whole file in memory.
 * Built with libFuzzer, or with tests/newidmap/replay.c.
 */
#include "sys/subid.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define RANGES_MAX     4096
#define LINE_BYTES_MAX 512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct list {
	size_t n;
	struct subid_range range[RANGES_MAX];
};

static const struct subid_owner alice = { .name = "alice", .id = 1001 };

static void require(bool truth, const char *what)
{
	if (truth)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

static int collect(const struct subid_range *range, void *arg)
{
	struct list *list = arg;

	require(list->n < RANGES_MAX, "room");
	list->range[list->n++] = *range;
	return 0;
}

static int stop_at_first(const struct subid_range *range, void *arg)
{
	(void)range;
	(void)arg;
	return 77;
}

/* One number of one spelling, by the C library. */
static bool reference_number(const char *text, uint64_t *ret_value)
{
	char spelled[32];
	char *end;

	*ret_value = strtoull(text, &end, 10);
	snprintf(spelled, sizeof(spelled), "%llu", (unsigned long long)*ret_value);
	return strcmp(spelled, text) == 0 && *ret_value <= UINT32_MAX;
}

static void reference_line(const char *line, struct list *list)
{
	char owner[LINE_BYTES_MAX + 1];
	char start[LINE_BYTES_MAX + 1];
	char count[LINE_BYTES_MAX + 1];
	uint64_t first;
	uint64_t ids;
	const char *colon = strchr(line, ':');
	const char *second = colon ? strchr(colon + 1, ':') : NULL;

	if (!second || strchr(second + 1, ':'))
		return;
	snprintf(owner, sizeof(owner), "%.*s", (int)(colon - line), line);
	snprintf(start, sizeof(start), "%.*s", (int)(second - colon - 1), colon + 1);
	snprintf(count, sizeof(count), "%s", second + 1);
	if (strcmp(owner, "alice") != 0 && strcmp(owner, "1001") != 0)
		return;
	if (!reference_number(start, &first) || !reference_number(count, &ids))
		return;
	if (ids == 0 || first + ids > UINT32_MAX)
		return;
	collect(&(struct subid_range){ (uint32_t)first, (uint32_t)ids }, list);
}

static void reference_scan(const char *data, size_t size, struct list *list)
{
	char line[LINE_BYTES_MAX + 1];

	while (size > 0) {
		const char *newline = memchr(data, '\n', size);
		size_t length = newline ? (size_t)(newline - data) : size;

		if (length <= LINE_BYTES_MAX && !memchr(data, '\0', length)) {
			memcpy(line, data, length);
			line[length] = '\0';
			reference_line(line, list);
		}
		data += length + (newline != NULL);
		size -= length + (newline != NULL);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct list wanted;
	static struct list got;
	bool has_nul = size > 0 && memchr(data, '\0', size);
	int fd;
	int ret;

	if (size > 1 << 16)
		return 0;
	fd = memfd_create("subid", MFD_CLOEXEC);
	require(fd >= 0 && write(fd, data, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0,
		"memfd");
	wanted.n = 0;
	got.n = 0;
	reference_scan((const char *)data, size, &wanted);
	ret = subid_scan(fd, &alice, collect, &got);
	require(has_nul ? ret == -1 && errno == EILSEQ : ret == 0, "the file is text, or refused");
	require(got.n == wanted.n &&
			memcmp(got.range, wanted.range, got.n * sizeof(got.range[0])) == 0,
		"both readers see the same ranges");
	require(lseek(fd, 0, SEEK_SET) == 0, "lseek");
	if (wanted.n > 0)
		require(subid_scan(fd, &alice, stop_at_first, NULL) == 77, "a visitor can stop");
	close(fd);
	require(subid_scan(fd, &alice, collect, &got) == -1 && errno == EBADF, "read errors");
	return 0;
}
