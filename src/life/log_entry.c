// SPDX-License-Identifier: Apache-2.0
/* One line of a container's log. Pure. */
#include "life/log_entry.h"

#include "nsrun/text.h"

#include <string.h>

#define MARK_LENGTH 9 /* "stdout F " */

int log_line_parse(const char *text, size_t length, struct log_line *ret)
{
	const char *blank = memchr(text, ' ', length < WHEN_TEXT_SIZE ? length : WHEN_TEXT_SIZE);
	const char *mark = blank ? blank + 1 : NULL;

	if (!blank || length - (size_t)(mark - text) < MARK_LENGTH || mark[6] != ' ' ||
	    (mark[7] != 'F' && mark[7] != 'P') || mark[8] != ' ')
		return -1;
	*ret = (struct log_line){ .stamp = text,
				  .stamp_length = (size_t)(blank - text),
				  .partial = mark[7] == 'P',
				  .text = mark + MARK_LENGTH,
				  .length = length - (size_t)(mark - text) - MARK_LENGTH };
	if (memcmp(mark, "stdout", 6) == 0)
		ret->fd = 1;
	else if (memcmp(mark, "stderr", 6) == 0)
		ret->fd = 2;
	else
		return -1;
	return when_parse_stamp(text, ret->stamp_length, &ret->when_ns);
}
