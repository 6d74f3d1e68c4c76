// SPDX-License-Identifier: Apache-2.0
/* Names of neighbours. Runs in: holder; allocates nothing. */
#include "run/bridge_hosts.h"

#include "base/fd.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

bool bridge_lines_add(struct bridge_lines *lines, struct bridge_entry *entry, const char *text)
{
	size_t length = strlen(text);

	if (lines->length + length > sizeof(lines->text))
		return false;
	memcpy(lines->text + lines->length, text, length);
	*entry = (struct bridge_entry){ .start = lines->length, .length = length };
	lines->length += length;
	return true;
}

void bridge_lines_drop(struct bridge_lines *lines, const struct bridge_entry *entry)
{
	bool first = true;

	for (size_t i = entry->start; i < entry->start + entry->length; i++) {
		if (first)
			lines->text[i] = '#';
		first = lines->text[i] == '\n';
	}
}

void bridge_file_write(const struct bridge_file *file, const struct bridge_lines *lines,
		       const struct bridge_entry *entry)
{
	size_t start = entry ? entry->start : 0, length = entry ? entry->length : lines->length;
	ssize_t n;

	if (file->fd < 0)
		return;
	/* a container that has filled its own tmpfs up does not learn names: nobody else's matter */
	do
		n = pwrite(file->fd, lines->text + start, length, file->head + (off_t)start);
	while (n < 0 && errno == EINTR);
	if (!entry && n == (ssize_t)length && ftruncate(file->fd, file->head + n) < 0)
		return;
}

void bridge_file_open(struct bridge_file *file, int take_fd)
{
	struct stat st;

	file->fd = take_fd;
	file->head = fstat(take_fd, &st) == 0 ? st.st_size : 0;
}
