// SPDX-License-Identifier: Apache-2.0
/* Where the last lines of a log begin. Runs in: nsrun. */
#include "life/log_tail.h"

#include "base/fd.h"
#include "life/log_entry.h"

#include <string.h>
#include <sys/stat.h>

#define BLOCK_SIZE  ((size_t)64 * 1024)
#define HEADER_SIZE ((size_t)64) /* a time, the stream and the mark fit */

/**
 * struct backwards - A file that is read from its end
 * @start: offset in the file of @block, which has @length bytes
 */
struct backwards {
	int fd;
	uint64_t start;
	size_t length;
	char block[BLOCK_SIZE];
};

/* struct count - @seen: some entry of descriptors 1, 2 was there, which is nearer to the end */
struct count {
	uint64_t left;
	bool seen[3];
};

static int load(struct backwards *back, uint64_t end)
{
	back->length = end < BLOCK_SIZE ? (size_t)end : BLOCK_SIZE;
	back->start = end - back->length;
	return pread(back->fd, back->block, back->length, (off_t)back->start) ==
			       (ssize_t)back->length ?
		       0 :
		       -1;
}

/* where the line begins that ends before @end; -1 with errno */
static int find_line(struct backwards *back, uint64_t end, uint64_t *ret_start)
{
	uint64_t limit = end;

	for (;;) {
		const char *newline;

		if ((limit <= back->start || limit > back->start + back->length) &&
		    load(back, limit) < 0)
			return -1;
		newline = memrchr(back->block, '\n', (size_t)(limit - back->start));
		if (newline)
			return *ret_start = back->start + (uint64_t)(newline - back->block) + 1, 0;
		if (back->start == 0)
			return *ret_start = 0, 0;
		limit = back->start;
	}
}

/* whether a line ends with the entry at @start */
static bool ends_line(const struct backwards *back, uint64_t start, uint64_t end,
		      struct count *count)
{
	char header[HEADER_SIZE];
	size_t length = end - start < HEADER_SIZE ? (size_t)(end - start) : HEADER_SIZE;
	struct log_line line;
	bool last;

	if (pread(back->fd, header, length, (off_t)start) != (ssize_t)length ||
	    log_line_parse(header, length, &line) < 0)
		return true; /* a damaged one is a line of its own */
	last = !count->seen[line.fd];
	count->seen[line.fd] = true;
	return last || !line.partial;
}

/* 1: found; 0: there are not enough in this file; -1 with errno */
static int find_in_file(struct backwards *back, struct count *count, uint64_t *ret_offset)
{
	struct stat st;
	uint64_t end, start;
	char last;

	if (fstat(back->fd, &st) < 0)
		return -1;
	end = (uint64_t)st.st_size;
	back->start = end;
	back->length = 0;
	*ret_offset = end;
	if (end > 0 && pread(back->fd, &last, 1, (off_t)end - 1) == 1 && last == '\n')
		end--;
	while (*ret_offset > 0) {
		if (find_line(back, end, &start) < 0)
			return -1;
		if (ends_line(back, start, end, count) && count->left-- == 0)
			return 1; /* one more than wanted: behind it is the place */
		*ret_offset = start;
		end = start > 0 ? start - 1 : 0;
	}
	return 0;
}

int log_tail_find(const int *files, size_t n, uint64_t lines, struct log_place *ret)
{
	static struct backwards back;
	struct count count = { .left = lines };

	*ret = (struct log_place){ .file = n > 0 ? n - 1 : 0, .offset = 0 };
	if (lines == 0 && n > 0) {
		struct stat st;

		if (fstat(files[0], &st) < 0)
			return -1;
		return *ret = (struct log_place){ 0, (uint64_t)st.st_size }, 0;
	}
	for (size_t i = 0; i < n && lines != UINT64_MAX; i++) {
		uint64_t offset;
		int found;

		back.fd = files[i];
		found = find_in_file(&back, &count, &offset);
		if (found < 0)
			return -1;
		if (found)
			return *ret = (struct log_place){ i, offset }, 0;
	}
	return 0;
}
