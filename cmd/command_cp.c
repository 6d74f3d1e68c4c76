// SPDX-License-Identifier: Apache-2.0
/* nsrun cp: files into a container, or out of it. */
#include "command.h"
#include "report.h"

#include <fcntl.h>
#include <string.h>

/** struct side - One of the two operands; @container "": a path of the host */
struct side {
	char container[CONTAINER_NAME_MAX + 1];
	const char *path;
};

/* "NAME:PATH"; what begins with a slash or a dot is the host's, whatever colons it has */
static void split(const char *word, struct side *ret)
{
	const char *colon = strchr(word, ':');
	size_t length = colon ? (size_t)(colon - word) : 0;
	struct error unused;

	*ret = (struct side){ .path = word };
	if (length == 0 || length >= sizeof(ret->container) || word[0] == '/' || word[0] == '.')
		return;
	memcpy(ret->container, word, length);
	if (container_name_check(ret->container, &unused) == 0)
		ret->path = colon + 1;
	else
		ret->container[0] = '\0';
}

/* the files of a container that does not run are there when it has been made ready for a start */
static int plan_idle(struct container *container, struct spec *spec, struct plan **ret,
		     struct error *err)
{
	int here;

	*ret = NULL;
	if (container->pidfd >= 0)
		return 0;
	here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return command_go_back(
		here, command_plan_again(container, spec, spec_begin_idle, ret, err), err);
}

static int copy(struct arena *arena, const struct side *from, const struct side *to,
		struct spec *spec, struct error *err)
{
	struct container *container;
	struct plan *idle;
	int result;

	if (!*from->container == !*to->container)
		return error_set(
			err, "usage", 0,
			"one of the two must be CONTAINER:PATH, and the other a path of the host");
	if (strcmp(from->path, "-") == 0 || strcmp(to->path, "-") == 0)
		return error_set(
			err, "usage", 0,
			"cp reads and writes no archives: name a file or a directory, not '-'");
	if (container_find(arena, *from->container ? from->container : to->container,
			   &container, err) < 0)
		return -1;
	result = plan_idle(container, spec, &idle, err);
	if (result == 0 && *from->container)
		result = container_copy_out(container, idle, from->path, to->path, report_notice,
					    spec, err);
	else if (result == 0)
		result = container_copy_in(container, idle, from->path, to->path, report_notice,
					   spec, err);
	container_close(container);
	return result;
}

int command_cp(const struct command *command, const char *const *argv, struct arena *arena)
{
	struct spec spec;
	struct request request = { .spec = &spec };
	const char **names;
	struct side from, to;
	struct error err;
	int status = command_parse_names(command, &request, argv, arena, &names);

	if (status >= 0)
		return status;
	error_set(&err, "usage", 0, "cp takes a source and a destination");
	if (names[0] && names[1] && !names[2]) {
		split(names[0], &from);
		split(names[1], &to);
		if (copy(arena, &from, &to, &spec, &err) == 0)
			return 0;
	}
	if (strcmp(err.id, "usage") == 0)
		error_set_arg(&err, "%s", command->name);
	return command_fail(&err);
}
