// SPDX-License-Identifier: Apache-2.0
/* nsrun plan: what run would do; runs nothing. */
#include "command.h"

#include "report.h"

#include <errno.h>

int command_plan(const struct command *command, const char *const *argv, struct arena *arena)
{
	struct spec spec;
	struct request request = { .spec = &spec };
	struct plan *plan;
	const char *text;
	struct error err;
	int status;

	spec_init(&spec, arena, ACTION_RUN);
	status = command_parse(command, &request, argv);
	if (status >= 0)
		return status;
	if (container_prepare(&spec, &err) < 0 || nsrun_plan(&spec, &plan, &err) < 0 ||
	    nsrun_plan_print(plan, request.format, &text, &err) < 0) {
		report_error(&err);
		return err.status;
	}
	if (request.format == PLAN_OCI)
		nsrun_plan_notices(plan, report_notice, &spec);
	if (report_output(text) < 0) {
		error_set(&err, "output", errno, "cannot write the plan to standard output");
		report_error(&err);
		return err.status;
	}
	return 0;
}
