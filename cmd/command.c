// SPDX-License-Identifier: Apache-2.0
/* What the subcommands have in common. */
#include "command.h"

#include "report.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int command_fail(const struct error *err)
{
	report_error(err);
	return err->status;
}

static int usage_failed(const struct command *command, struct error *err)
{
	error_set_arg(err, "%s", command->name); /* what "usage" advises to look at */
	return command_fail(err);
}

int command_misused(const struct command *command, const char *why)
{
	struct error err;

	error_set(&err, "usage", 0, "%s", why);
	return usage_failed(command, &err);
}

int command_parse(const struct command *command, struct request *request, const char *const *argv)
{
	struct spec *spec = request->spec;
	struct error err;
	size_t used;

	if (options_parse(request, command->scope, argv, &used, &err) < 0)
		return usage_failed(command, &err);
	if (request->help) {
		report_help(command->scope, command->usage);
		return 0;
	}
	if (spec->action == ACTION_RUN && argv[used] &&
	    spec_set_rootfs(spec, argv[used++], &err) < 0)
		return usage_failed(command, &err);
	for (; argv[used]; used++)
		spec_add_argument(spec, argv[used]);
	return -1;
}

int command_parse_names(const struct command *command, struct request *request,
			const char *const *argv, struct arena *arena, const char ***ret_names)
{
	const char **names = *ret_names = command_names(argv);
	struct error err;
	size_t used, n = 0;

	spec_init(request->spec, arena, ACTION_RUN);
	request->verb.timeout_s = UINT32_MAX;
	request->verb.tail = request->verb.until_ns = UINT64_MAX;
	for (;;) {
		if (options_parse(request, command->scope, argv, &used, &err) < 0)
			return usage_failed(command, &err);
		argv += used;
		if (request->help) {
			report_help(command->scope, command->usage);
			return 0;
		}
		if (!*argv)
			break;
		names[n++] = *argv++;
	}
	names[n] = NULL;
	return -1;
}

int command_parse_one(const struct command *command, struct request *request,
		      const char *const *argv, struct arena *arena, struct container **ret)
{
	const char **names;
	struct error err;
	int status = command_parse_names(command, request, argv, arena, &names);

	if (status >= 0)
		return status;
	if (!names[0] || names[1])
		return command_misused(command, "it takes one container");
	if (container_find(arena, names[0], ret, &err) < 0)
		return command_fail(&err);
	return -1;
}

int command_launch(struct spec *spec)
{
	struct plan *plan;
	struct error err;
	int status;

	if ((spec->action != ACTION_EXEC && container_prepare(spec, &err) < 0) ||
	    nsrun_plan(spec, &plan, &err) < 0)
		return command_fail(&err);
	status = nsrun_launch(plan, report_notice, spec, &err);
	return status < 0 ? command_fail(&err) : status;
}

int command_restore_spec(struct container *container, struct request *request, struct error *err)
{
	const char *const *argv = container->argv.v;
	size_t used;
	int result;

	if (container->status == CONTAINER_DAMAGED)
		return container_refuse_damaged(container, err);
	if (chdir(container->cwd) < 0)
		return error_set(err, "container-cwd", 0,
				 "the directory '%s' in which the container '%s' was made is gone",
				 container->cwd, container->name);
	if (container->box && box_begin(request->spec, container->box, err) < 0)
		return -1;
	request->restored = true;
	result = options_parse(request, SCOPE_RUN, argv, &used, err);
	request->restored = false;
	if (result < 0)
		return -1;
	if (argv[used] && spec_set_rootfs(request->spec, argv[used++], err) < 0)
		return -1;
	for (; argv[used]; used++)
		spec_add_argument(request->spec, argv[used]);
	return 0;
}

int command_plan_again(struct container *container, struct spec *spec,
		       void (*adapt)(struct spec *spec), struct plan **ret, struct error *err)
{
	struct request request = { .spec = spec };
	bool quiet = spec->quiet;

	if (command_restore_spec(container, &request, err) < 0 ||
	    (container->box && box_furnish(spec, err) < 0))
		return -1;
	container_bind(container, spec);
	/* whether it has a terminal was settled when it was made */
	spec->tty = container->tty ? YES : NO;
	spec->quiet |= quiet;
	if (adapt)
		adapt(spec);
	return container_prepare(spec, err) < 0 ? -1 : nsrun_plan(spec, ret, err);
}

int command_go_back(int take_directory, int result, struct error *err)
{
	if (take_directory < 0 || fchdir(take_directory) < 0) {
		if (result == 0)
			result = error_set(err, "container-cwd", 0,
					   "cannot go back to the own directory");
	}
	if (take_directory >= 0)
		close(take_directory);
	return result;
}

bool command_pager_reads(void)
{
	struct stat st;

	return isatty(STDIN_FILENO) && fstat(STDOUT_FILENO, &st) == 0 && S_ISFIFO(st.st_mode);
}

int command_attach(struct container *container, int attached, const struct attach_options *options)
{
	struct error err;
	int status = container_attach(container, attached, options, &err);

	if (status == ATTACH_DETACHED)
		return 0;
	if (container->lost_bytes > 0)
		report_lost(container->lost_bytes);
	return status < 0 ? command_fail(&err) : status;
}
