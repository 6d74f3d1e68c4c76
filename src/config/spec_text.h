/* SPDX-License-Identifier: Apache-2.0 */
/* What several setters need to read their texts. Pure. */
#ifndef NSRUN_CONFIG_SPEC_TEXT_H
#define NSRUN_CONFIG_SPEC_TEXT_H

#include "nsrun/spec.h"

/** text_is_host_name() - Letters, digits, '-', '_' and '.', 1 to 253 bytes, no '-' or '.' first. */
bool text_is_host_name(const char *text);

/** text_is_address() - An IPv4 or IPv6 address in its usual notation. */
bool text_is_address(const char *text);

/** text_is_variable() - A name of an environment variable: not empty, no '='. */
bool text_is_variable(const char *text);

/** text_set_path() - Copy a path that must not be empty. */
int text_set_path(struct spec *spec, const char **ret_path, const char *option, const char *text,
		  struct error *err);

/** text_set_destination() - Normalise a path in the container; it must be absolute. */
int text_set_destination(struct spec *spec, const char **ret_path, const char *text,
			 struct error *err);

/** spec_join() - Whether a text is "ns:PATH" or "container:NAME", which @choice is then. */
bool spec_join(struct spec *spec, struct ns_choice *choice, const char *text);

#endif
