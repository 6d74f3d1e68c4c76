/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small part of Go's templates that people write behind --format: {{.State.Status}} and
 * {{json .Config}}. Pure. Runs in: nsrun.
 */
#ifndef NSRUN_CONFIG_JSON_TEMPLATE_H
#define NSRUN_CONFIG_JSON_TEMPLATE_H

#include "config/json.h"

/**
 * json_template() - Fill a template from a map
 * @template: text with {{.NAME}}, {{.NAME.NAME}}, {{json .NAME}}; \t and \n outside of these
 *
 * A name is looked for as it is written, then in any case of letters. Lists and maps look as Go
 * prints them: "[a b]", "map[a:b]".
 * Return: 0, or -1 with @err (id "template").
 */
int json_template(struct arena *arena, const char *template, const struct json_value *map,
		  const char **ret, struct error *err);

/** json_template_titles() - The line above such lines: each name in capitals. */
int json_template_titles(struct arena *arena, const char *template, const char **ret,
			 struct error *err);

#endif
