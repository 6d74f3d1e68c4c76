/* SPDX-License-Identifier: Apache-2.0 */
/* Which bytes of a stranger's can be shown on a terminal without steering it. */
#ifndef NSRUN_CMD_ESCAPE_H
#define NSRUN_CMD_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define ESCAPE_SIZE 5 /* "\x1b" and a NUL */

/**
 * escape_harmless() - How many bytes at the beginning can be shown as they are
 * @utf8: the terminal knows UTF-8; without that, the bytes 0x80 to 0x9f steer it
 *
 * Control characters are none of them, those of U+0080 to U+009F included, and neither are bytes
 * that are no UTF-8 where that is known.
 */
size_t escape_harmless(const char *text, size_t length, bool utf8);

/** escape_byte() - "\x1b" for one that cannot. */
void escape_byte(char byte, char ret_text[ESCAPE_SIZE]);

/** escape_print() - Print a text with what could steer a terminal escaped, but for what is in @keep
 */
void escape_print(FILE *stream, const char *text, size_t length, const char *keep, bool utf8);

/** escape_locale_is_utf8() - Whether the environment says that the terminal knows UTF-8. */
bool escape_locale_is_utf8(void);

#endif
