// SPDX-License-Identifier: Apache-2.0
/* nsrun inspect: all there is to know of containers. nsrun port: where their ports are. */
#include "command.h"
#include "report.h"

/* what there is of them; the exit status when one is missing */
static int find_all(const char *const *names, struct arena *arena, nsrun_containers *ret)
{
	struct error err;
	size_t n = 0;
	int status = 0;

	while (names[n])
		n++;
	*ret = (nsrun_containers){ .v = command_array(n, sizeof(*ret->v)) };
	for (; *names; names++) {
		if (container_find(arena, *names, &ret->v[ret->n], &err) == 0)
			ret->n++;
		else
			status = command_fail(&err);
	}
	return status;
}

static int print_templates(const nsrun_containers *list, const char *template, struct arena *arena)
{
	for (size_t i = 0; i < list->n; i++) {
		const char *text;
		struct error err;

		if (container_format(arena, list->v[i], VIEW_INSPECT, template, &text, &err) < 0)
			return command_fail(&err);
		report_output(text);
		report_output("\n");
	}
	return 0;
}

int command_inspect(const struct command *command, const char *const *argv, struct arena *arena)
{
	struct spec spec;
	struct request request = { .spec = &spec };
	const char **names;
	nsrun_containers list;
	int status, missing;

	status = command_parse_names(command, &request, argv, arena, &names);
	if (status >= 0)
		return status;
	if (!*names)
		return command_misused(command, "no container was named");
	missing = find_all(names, arena, &list);
	if (request.verb.template) {
		status = print_templates(&list, request.verb.template, arena);
		return status ? status : missing;
	}
	report_output(container_inspect_list(arena, &list));
	return missing;
}

int command_port(const struct command *command, const char *const *argv, struct arena *arena)
{
	struct spec spec;
	struct request request = { .spec = &spec };
	const char **names;
	struct container *container;
	nsrun_strings ports;
	struct error err;
	int status = command_parse_names(command, &request, argv, arena, &names);

	if (status >= 0)
		return status;
	if (!names[0] || (names[1] && names[2]))
		return command_misused(command, "port takes a container, and perhaps a port");
	if (container_find(arena, names[0], &container, &err) < 0)
		return command_fail(&err);
	container_published(arena, container, names[1], &ports);
	for (size_t i = 0; i < ports.n; i++) {
		report_output(ports.v[i]);
		report_output("\n");
	}
	if (ports.n > 0 || !names[1])
		return 0;
	error_set(&err, "port-unknown", 0, "the container '%s' has no published port '%s'",
		  container->name, names[1]);
	return command_fail(&err);
}
