// SPDX-License-Identifier: Apache-2.0
/* nsrun ps: the containers there are. */
#include "command.h"
#include "report.h"
#include "table.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const status_words[] = {
	[CONTAINER_CREATED] = "created", [CONTAINER_RUNNING] = "running",
	[CONTAINER_PAUSED] = "paused",	 [CONTAINER_EXITED] = "exited",
	[CONTAINER_DAMAGED] = "damaged",
};

static const char *status_word(const struct container *container)
{
	return status_words[container->status];
}

/* --- which --- */

static bool has_label(const struct container *container, const char *wanted)
{
	size_t length = strlen(wanted);

	for (size_t i = 0; i < container->labels.n; i++) {
		const char *label = container->labels.v[i];

		if (strcmp(label, wanted) == 0 ||
		    (!strchr(wanted, '=') && strncmp(label, wanted, length) == 0 &&
		     label[length] == '='))
			return true;
	}
	return false;
}

/* -1: there is no such filter */
static int matches(const struct container *container, const char *filter)
{
	const char *value = strchr(filter, '=') + 1;
	size_t key = (size_t)(value - 1 - filter);
	char code[16];

	if (strncmp(filter, "status", key) == 0)
		return strcmp(status_word(container), value) == 0;
	if (strncmp(filter, "name", key) == 0)
		return strstr(container->name, value) != NULL;
	if (strncmp(filter, "id", key) == 0)
		return strncmp(container->id, value, strlen(value)) == 0;
	if (strncmp(filter, "label", key) == 0)
		return has_label(container, value);
	if (strncmp(filter, "exited", key) == 0) {
		snprintf(code, sizeof(code), "%d", container->exit_code);
		return container->status == CONTAINER_EXITED && strcmp(code, value) == 0;
	}
	return -1;
}

static int check_filters(const struct verb *verb, struct error *err)
{
	static const char *const keys[] = { "status=", "name=", "id=", "label=", "exited=" };

	for (size_t i = 0; i < verb->n_filters; i++) {
		bool known = false;

		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
			known |= strncmp(verb->filters[i], keys[k], strlen(keys[k])) == 0;
		if (!known)
			return error_set(
				err, "usage", 0,
				"--filter knows status, name, id, label and exited, not '%s'",
				verb->filters[i]);
	}
	return 0;
}

static bool is_wanted(const struct container *container, const struct verb *verb)
{
	bool any_status = verb->all;

	for (size_t i = 0; i < verb->n_filters; i++) {
		if (matches(container, verb->filters[i]) <= 0)
			return false;
		any_status |= strncmp(verb->filters[i], "status=", 7) == 0 ||
			      strncmp(verb->filters[i], "exited=", 7) == 0;
	}
	/* a damaged one may run: it is never hidden */
	return any_status || container->status == CONTAINER_RUNNING ||
	       container->status == CONTAINER_PAUSED || container->status == CONTAINER_DAMAGED;
}

/* --- how --- */

static void describe_age(char *text, size_t size, uint64_t since_ns)
{
	static const struct {
		uint64_t seconds;
		const char *name;
	} units[] = { { 86400 * 7, "week" },
		      { 86400, "day" },
		      { 3600, "hour" },
		      { 60, "minute" },
		      { 1, "second" } };
	uint64_t now = (uint64_t)time(NULL), then = since_ns / 1000000000;
	uint64_t age = now > then ? now - then : 0;

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		uint64_t n = age / units[i].seconds;

		if (n == 0 && units[i].seconds > 1)
			continue;
		snprintf(text, size, "%llu %s%s", (unsigned long long)n, units[i].name,
			 n == 1 ? "" : "s");
		return;
	}
}

/* of one that is damaged it is not known */
static void describe_creation(char *text, size_t size, const struct container *container)
{
	char age[48] = "?";

	if (container->created_ns)
		describe_age(age, sizeof(age), container->created_ns);
	snprintf(text, size, "%s%s", age, container->created_ns ? " ago" : "");
}

static void describe_status(char *text, size_t size, const struct container *container)
{
	const char *unwatched = container->monitor ? "" : " (unmonitored)";
	char age[64], code[16] = "?";

	switch (container->status) {
	case CONTAINER_RUNNING:
	case CONTAINER_PAUSED:
		describe_age(age, sizeof(age), container->started_ns);
		snprintf(text, size, "Up %s%s%s", age,
			 container->status == CONTAINER_PAUSED ? " (Paused)" : "", unwatched);
		break;
	case CONTAINER_EXITED:
		if (container->exit_code >= 0)
			snprintf(code, sizeof(code), "%d", container->exit_code);
		if (container->finished_ns >= container->started_ns && container->finished_ns) {
			describe_age(age, sizeof(age), container->finished_ns);
			snprintf(text, size, "Exited (%s) %s ago", code, age);
		} else {
			snprintf(text, size, "Exited (%s)", code);
		}
		break;
	case CONTAINER_DAMAGED:
		snprintf(text, size, "Damaged: %s", container->damage.text);
		break;
	default:
		snprintf(text, size, "Created");
	}
}

static void join_words(char *text, size_t size, const nsrun_strings *words, bool whole)
{
	size_t at = 0, max = whole ? size : 24;

	*text = '\0';
	for (size_t i = 0; i < words->n && at < size; i++)
		at += (size_t)snprintf(text + at, size - at, "%s%s", i > 0 ? " " : "", words->v[i]);
	if (!whole && at > max)
		snprintf(text + max - 3, 4, "...");
}

static void print_table(const nsrun_containers *list, const struct verb *verb)
{
	static const char *const titles[] = { "CONTAINER ID", "ROOTFS", "COMMAND", "CREATED",
					      "STATUS",	      "PORTS",	"NAMES" };
	struct table table;

	table_begin(&table, titles, sizeof(titles) / sizeof(titles[0]));
	for (size_t i = 0; i < list->n; i++) {
		const struct container *container = list->v[i];
		char id[CONTAINER_ID_SIZE], command[256], created[64], status[600], ports[512];

		if (!is_wanted(container, verb))
			continue;
		snprintf(id, sizeof(id), "%.*s",
			 verb->no_trunc ? CONTAINER_ID_SIZE : CONTAINER_ID_SHORT, container->id);
		join_words(command, sizeof(command), &container->command, verb->no_trunc);
		join_words(ports, sizeof(ports), &container->ports, true);
		describe_creation(created, sizeof(created), container);
		describe_status(status, sizeof(status), container);
		table_row(&table, (const char *const[]){ id, container->rootfs, command, created,
							 status, ports, container->name });
	}
	table_end(&table);
}

static void print_ids(const nsrun_containers *list, const struct verb *verb)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct container *container = list->v[i];
		char id[CONTAINER_ID_SIZE];

		if (!is_wanted(container, verb))
			continue;
		/* a damaged one has no id: its name does as well for every command */
		snprintf(id, sizeof(id), "%.*s",
			 verb->no_trunc ? CONTAINER_ID_SIZE : CONTAINER_ID_SHORT,
			 *container->id ? container->id : container->name);
		report_line(id);
	}
}

int command_ps(const struct command *command, const char *const *argv, struct arena *arena)
{
	struct spec spec;
	struct request request = { .spec = &spec };
	const char **names = command_names(argv);
	nsrun_containers list;
	struct error err;
	int status;

	spec_init(&spec, arena, ACTION_RUN);
	status = command_parse_names(command, &request, argv, names);
	if (status >= 0)
		return status;
	if (check_filters(&request.verb, &err) < 0 || container_list(arena, &list, &err) < 0)
		return command_fail(&err);
	if (spec.quiet)
		print_ids(&list, &request.verb);
	else
		print_table(&list, &request.verb);
	return 0;
}
