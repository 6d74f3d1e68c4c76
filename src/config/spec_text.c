// SPDX-License-Identifier: Apache-2.0
/* What several setters need to read their texts. Pure. Runs in: supervisor. */
#include "config/spec_text.h"

#include "base/arena.h"
#include "base/path.h"

#include <arpa/inet.h>
#include <string.h>

bool text_is_host_name(const char *text)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_.";
	size_t length = strlen(text);

	return length >= 1 && length <= 253 && text[0] != '-' && text[0] != '.' &&
	       strspn(text, allowed) == length;
}

bool text_is_address(const char *text)
{
	unsigned char address[16];

	return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

bool text_is_variable(const char *text)
{
	return *text && !strchr(text, '=');
}

int text_set_path(struct spec *spec, const char **ret_path, const char *option, const char *text,
		  struct error *err)
{
	if (!*text)
		return error_set(err, "usage", 0, "%s needs a path", option);
	*ret_path = arena_strdup(spec->arena, text);
	return 0;
}

int text_set_destination(struct spec *spec, const char **ret_path, const char *text,
			 struct error *err)
{
	if (text[0] != '/')
		return error_set(err, "mount-destination", 0,
				 "the destination '%s' is not an absolute path", text);
	*ret_path = path_normalize(spec->arena, text);
	return 0;
}
