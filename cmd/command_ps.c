// SPDX-License-Identifier: Apache-2.0
/* nsrun ps: the containers there are. */
#include "command.h"
#include "filter.h"
#include "report.h"
#include "table.h"

#include <stdio.h>
#include <string.h>

#define COMMAND_SHORT 24

/* --- which --- */

static bool is_wanted(const struct container *container, const struct verb *verb)
{
	if (!filter_matches(container, verb))
		return false;
	/* a damaged one may run: it is never hidden */
	return verb->all || filter_has(verb, "status") || filter_has(verb, "exited") ||
	       container->status == CONTAINER_RUNNING || container->status == CONTAINER_PAUSED ||
	       container->status == CONTAINER_DAMAGED;
}

static void drop_unwanted(nsrun_containers *list, const struct verb *verb)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++)
		if (is_wanted(list->v[i], verb))
			list->v[kept++] = list->v[i];
	list->n = kept;
}

/* --- how --- */

static void join_words(char *text, size_t size, const nsrun_strings *words, bool whole)
{
	size_t at = 0;

	*text = '\0';
	for (size_t i = 0; i < words->n && at < size; i++)
		at += (size_t)snprintf(text + at, size - at, "%s%s", i > 0 ? " " : "", words->v[i]);
	if (!whole && at > COMMAND_SHORT)
		snprintf(text + COMMAND_SHORT - 3, 4, "...");
}

static void print_table(const nsrun_containers *list, const struct verb *verb, struct arena *arena)
{
	static const char *const titles[] = { "CONTAINER ID", "ROOTFS", "COMMAND", "CREATED",
					      "STATUS",	      "PORTS",	"NAMES" };
	struct table table;

	table_begin(&table, titles, sizeof(titles) / sizeof(titles[0]));
	for (size_t i = 0; i < list->n; i++) {
		const struct container *container = list->v[i];
		char id[CONTAINER_ID_SIZE], command[256], ports[512];

		snprintf(id, sizeof(id), "%.*s",
			 verb->no_trunc ? CONTAINER_ID_SIZE : CONTAINER_ID_SHORT, container->id);
		join_words(command, sizeof(command), &container->command, verb->no_trunc);
		join_words(ports, sizeof(ports), &container->ports, true);
		table_row(&table,
			  (const char *const[]){ id, container->rootfs, command,
						 container_age_text(arena, container->created_ns),
						 container_status_text(arena, container), ports,
						 container->name });
	}
	table_end(&table);
}

static void print_ids(const nsrun_containers *list, const struct verb *verb)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct container *container = list->v[i];
		char id[CONTAINER_ID_SIZE];

		/* a damaged one has no id: its name does as well for every command */
		snprintf(id, sizeof(id), "%.*s",
			 verb->no_trunc ? CONTAINER_ID_SIZE : CONTAINER_ID_SHORT,
			 *container->id ? container->id : container->name);
		report_line(id);
	}
}

static int print_templates(const nsrun_containers *list, const struct verb *verb,
			   struct arena *arena, struct error *err)
{
	enum container_view view = verb->no_trunc ? VIEW_LIST_WHOLE : VIEW_LIST;
	struct table table;
	const char *text;

	if (container_format_titles(arena, verb->template, &text, err) < 0)
		return -1;
	if (verb->format == LIST_TABLE)
		table_begin_tabs(&table, text);
	for (size_t i = 0; i < list->n; i++) {
		if (container_format(arena, list->v[i], view, verb->template, &text, err) < 0)
			return -1;
		if (verb->format == LIST_TABLE) {
			table_row_tabs(&table, text);
		} else {
			report_output(text);
			report_output("\n");
		}
	}
	if (verb->format == LIST_TABLE)
		table_end(&table);
	return 0;
}

static int print(const nsrun_containers *list, const struct request *request, struct arena *arena,
		 struct error *err)
{
	const struct verb *verb = &request->verb;

	if (request->spec->quiet)
		print_ids(list, verb);
	else if (verb->template)
		return print_templates(list, verb, arena, err);
	else if (verb->format == LIST_JSON)
		report_output(container_list_json(arena, list));
	else
		print_table(list, verb, arena);
	return 0;
}

int command_ps(const struct command *command, const char *const *argv, struct arena *arena)
{
	struct spec spec;
	struct request request = { .spec = &spec };
	const char **names;
	nsrun_containers list;
	struct error err, hidden;
	int status = command_parse_names(command, &request, argv, arena, &names);

	if (status >= 0)
		return status;
	if (*names)
		return command_misused(command, "ps takes no names: --filter name=NAME does");
	if (filter_check(&request.verb, &err) < 0)
		return command_fail(&err);
	status = container_list(arena, &list, &hidden);
	drop_unwanted(&list, &request.verb);
	if (print(&list, &request, arena, &err) < 0)
		return command_fail(&err);
	return status < 0 ? command_fail(&hidden) : 0;
}
