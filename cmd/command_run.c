// SPDX-License-Identifier: Apache-2.0
/* nsrun run: a command in a root file system, with nothing left behind, or kept. */
#include "command.h"
#include "command_create.h"
#include "report.h"

#include <unistd.h>

/* what never ran is not kept: the name is free again, and the files are gone */
static int undo(struct container *container, const struct spec *spec, const struct error *err)
{
	struct error unused;

	container_remove(container, true, &unused);
	if (spec->life.cidfile)
		unlink(spec->life.cidfile);
	return command_fail(err);
}

static int run_kept(struct spec *spec, const char *const *argv)
{
	const struct attach_options options = { .input =
							spec->interactive || !command_pager_reads(),
						.sig_proxy = spec->sig_proxy,
						.detach_keys = spec->life.detach_keys };
	bool attach = !spec->life.detach;
	struct container *container;
	struct plan *plan;
	struct error err;
	int attached;

	if (create_container(spec, argv, &plan, &container, &err) < 0)
		return command_fail(&err);
	if (container_start(container, plan, attach, report_notice, spec, &attached, &err) < 0)
		return undo(container, spec, &err);
	if (attach)
		return command_attach(container, attached, &options);
	report_line(container->id);
	return 0;
}

int command_run(const struct command *command, const char *const *argv, struct arena *arena)
{
	struct spec spec;
	struct request request = { .spec = &spec };
	int status;

	spec_init(&spec, arena, ACTION_RUN);
	status = command_parse(command, &request, argv);
	if (status >= 0)
		return status;
	return spec_is_kept(&spec) ? run_kept(&spec, argv) : command_launch(&spec);
}
