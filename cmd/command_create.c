// SPDX-License-Identifier: Apache-2.0
/* nsrun create, and the part of nsrun run that keeps a container. */
#include "command_create.h"

#include "report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* an id that cannot be written down would be lost: so before anything is made */
static int open_cidfile(const char *path, FILE **ret, struct error *err)
{
	*ret = path ? fopen(path, "wxe") : NULL;
	if (!path || *ret)
		return 0;
	return error_set(err, "cidfile", errno, "cannot make the file '%s' for the container's id",
			 path);
}

static int write_cidfile(FILE *file, const char *path, const struct container *container,
			 struct error *err)
{
	bool written;

	if (!file)
		return 0;
	written = container && fputs(container->id, file) >= 0;
	if (fclose(file) == 0 && written)
		return 0;
	if (container)
		error_set(err, "cidfile", errno, "cannot write the container's id to '%s'", path);
	unlink(path);
	return -1;
}

static int replace(const struct spec *spec, struct error *err)
{
	struct container *old;
	int result;

	if (!spec->life.replace || container_find(spec->arena, spec->life.name, &old, err) < 0)
		return 0; /* there is none */
	if (strcmp(old->name, spec->life.name) != 0) {
		container_close(old); /* the beginning of an id is not the name */
		return 0;
	}
	result = container_remove(old, true, err);
	container_close(old);
	return result;
}

int create_container(struct spec *spec, const char *const *argv, struct plan **ret_plan,
		     struct container **ret, struct error *err)
{
	const char *cidfile = spec->life.cidfile;
	struct container *made = NULL;
	struct error unused;
	FILE *file;

	*ret = NULL;
	if (spec_make_id(spec, err) < 0 || container_prepare(spec, err) < 0 ||
	    nsrun_plan(spec, ret_plan, err) < 0 || nsrun_protect_program(*ret_plan, err) < 0 ||
	    open_cidfile(cidfile, &file, err) < 0)
		return -1;
	if (replace(spec, err) == 0)
		container_create(spec, *ret_plan, argv, &made, err);
	if (write_cidfile(file, cidfile, made, err) < 0 && made) {
		container_remove(made, false, &unused);
		made = NULL;
	}
	*ret = made;
	return made ? 0 : -1;
}

int command_create(const struct command *command, const char *const *argv, struct arena *arena)
{
	struct spec spec;
	struct request request = { .spec = &spec };
	struct container *container;
	struct plan *plan;
	struct error err;
	int status;

	spec_init(&spec, arena, ACTION_RUN);
	spec.life.detach = true; /* whoever starts it need not be here */
	status = command_parse(command, &request, argv);
	if (status >= 0)
		return status;
	if (create_container(&spec, argv, &plan, &container, &err) < 0)
		return command_fail(&err);
	nsrun_plan_notices(plan, report_notice, &spec);
	report_line(container->id);
	return 0;
}
