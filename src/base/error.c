// SPDX-License-Identifier: Apache-2.0
/* Filling struct error. Runs in every process, also after clone3: it must not allocate. */
#include "nsrun/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void copy_truncated(char *to, size_t size, const char *from)
{
	size_t length = strnlen(from, size - 1);

	memcpy(to, from, length);
	to[length] = '\0';
}

int error_set(struct error *err, const char *id, int errnum, const char *format, ...)
{
	va_list ap;

	memset(err, 0, sizeof(*err));
	err->errnum = errnum;
	err->status = NSRUN_EXIT_FAILED;
	copy_truncated(err->id, sizeof(err->id), id);
	va_start(ap, format);
	vsnprintf(err->text, sizeof(err->text), format, ap);
	va_end(ap);
	return -1;
}

int error_set_arg(struct error *err, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(err->arg, sizeof(err->arg), format, ap);
	va_end(ap);
	return -1;
}

int error_set_status(struct error *err, int status)
{
	err->status = status;
	return -1;
}

void error_end_texts(struct error *err)
{
	err->id[sizeof(err->id) - 1] = '\0';
	err->arg[sizeof(err->arg) - 1] = '\0';
	err->text[sizeof(err->text) - 1] = '\0';
}
