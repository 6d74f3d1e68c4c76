// SPDX-License-Identifier: Apache-2.0
/* What the subcommands have in common. */
#include "command.h"

#include "report.h"

int command_parse(const struct command *command, struct request *request, const char *const *argv)
{
	struct spec *spec = request->spec;
	struct error err;
	size_t used;

	if (options_parse(request, command->scope, argv, &used, &err) < 0)
		goto failed;
	if (request->help) {
		report_help(command->scope, command->usage);
		return 0;
	}
	if (spec->action == ACTION_RUN && argv[used] &&
	    spec_set_rootfs(spec, argv[used++], &err) < 0)
		goto failed;
	for (; argv[used]; used++)
		spec_add_argument(spec, argv[used]);
	return -1;
failed:
	error_set_arg(&err, "%s", command->name); /* what "usage" advises to look at */
	report_error(&err);
	return err.status;
}

int command_launch(const struct spec *spec)
{
	struct plan *plan;
	struct error err;
	int status;

	if (nsrun_plan(spec, &plan, &err) < 0) {
		report_error(&err);
		return err.status;
	}
	status = nsrun_launch(plan, report_notice, (void *)spec, &err);
	if (status < 0) {
		report_error(&err);
		return err.status;
	}
	return status;
}
