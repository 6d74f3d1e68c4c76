// SPDX-License-Identifier: Apache-2.0
/* The nsrun command: a table of subcommands. The only place that exits, with report.c to print. */
#include "command.h"
#include "report.h"

#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

static const struct command commands[] = {
	{ "run", SCOPE_RUN, "nsrun [run] [OPTIONS] ROOTFS [COMMAND [ARG...]]",
	  "run COMMAND (/bin/sh) in the root file system ROOTFS", command_run },
	{ "plan", SCOPE_PLAN, "nsrun plan [OPTIONS] ROOTFS [COMMAND [ARG...]]",
	  "print what run would do, and run nothing", command_plan },
	{ "unshare", SCOPE_UNSHARE, "nsrun unshare [OPTIONS] [COMMAND [ARG...]]",
	  "run COMMAND ($SHELL) under the same id maps on the host's own files", command_unshare },
	{ "create", SCOPE_CREATE, "nsrun create [OPTIONS] ROOTFS [COMMAND [ARG...]]",
	  "keep a container, to be started later", command_create },
	{ "start", SCOPE_START, "nsrun start [OPTIONS] CONTAINER...", "start containers again",
	  command_start },
	{ "exec", SCOPE_EXEC, "nsrun exec [OPTIONS] CONTAINER COMMAND [ARG...]",
	  "run another command in a container that runs", command_exec },
	{ "attach", SCOPE_ATTACH, "nsrun attach [OPTIONS] CONTAINER",
	  "be the terminal, or read the output, of a container that runs", command_attach_to },
	{ "ps", SCOPE_PS, "nsrun ps [OPTIONS]", "list the containers that run, or all",
	  command_ps },
	{ "stop", SCOPE_STOP, "nsrun stop [OPTIONS] CONTAINER...",
	  "ask containers to end, and end them when they do not", command_stop },
	{ "restart", SCOPE_STOP, "nsrun restart [OPTIONS] CONTAINER...", "stop and start again",
	  command_restart },
	{ "kill", SCOPE_KILL, "nsrun kill [OPTIONS] CONTAINER...", "send containers a signal",
	  command_kill },
	{ "pause", SCOPE_PAUSE, "nsrun pause [OPTIONS] CONTAINER...",
	  "let nothing in containers run for a while", command_pause },
	{ "unpause", SCOPE_PAUSE, "nsrun unpause [OPTIONS] CONTAINER...", "let them run again",
	  command_unpause },
	{ "wait", SCOPE_WAIT, "nsrun wait CONTAINER...",
	  "wait for the end of containers, and print their exit statuses", command_wait },
	{ "rm", SCOPE_RM, "nsrun rm [OPTIONS] CONTAINER...", "remove containers", command_rm },
	{ "cp", SCOPE_CP, "nsrun cp CONTAINER:PATH PATH | PATH CONTAINER:PATH",
	  "copy files out of a container that runs, or into it", command_cp },
	{ "box", SCOPE_BOX, "nsrun box [OPTIONS] NAME [ROOTFS] [COMMAND [ARG...]]",
	  "enter a sandbox that stays, as yourself and in your home; made from ROOTFS at first",
	  command_box },
	{ "logs", SCOPE_LOGS, "nsrun logs [OPTIONS] CONTAINER", "print what a container has written",
	  command_logs },
	{ "inspect", SCOPE_INSPECT, "nsrun inspect [OPTIONS] CONTAINER...",
	  "print all there is to know of containers, as JSON", command_inspect },
	{ "top", SCOPE_TOP, "nsrun top CONTAINER",
	  "list the processes in a container, as it and as the host number them", command_top },
	{ "stats", SCOPE_STATS, "nsrun stats [OPTIONS] [CONTAINER...]",
	  "show what containers use, again and again", command_stats },
	{ "port", SCOPE_PORT, "nsrun port CONTAINER [PORT[/tcp|/udp]]",
	  "print where its ports can be reached", command_port },
	{ "prune", SCOPE_PRUNE, "nsrun prune [OPTIONS]", "remove the containers that do not run",
	  command_prune },
	{ "network", SCOPE_NETWORK, "nsrun network create|inspect|rm NAME... | ls",
	  "make, list and remove networks that containers share", command_network },
	{ "rename", SCOPE_RENAME, "nsrun rename CONTAINER NAME", "give a container another name",
	  command_rename },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct command *find_command(const char *word)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, word) == 0)
			return &commands[i];
	return NULL;
}

static void print_overview(void)
{
	printf("nsrun %s: containers for ordinary users\n\n", PACKAGE_VERSION);
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %s\n      %s\n", commands[i].usage, commands[i].help);
	printf("\nA first word that is no subcommand means run; a directory called run is ./run.\n"
	       "'nsrun COMMAND --help' lists a subcommand's options.\n");
}

/* the library's only way out of a lack of memory; nothing has been created then */
static void out_of_memory(void)
{
	static const char text[] = "nsrun: out of memory\n";

	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(NSRUN_EXIT_FAILED);
	_exit(NSRUN_EXIT_FAILED);
}

/* with privilege of its own every option would be an attack; the id helper is a program apart */
static int refuse_privilege(void)
{
	struct error err;

	if (!getauxval(AT_SECURE))
		return 0;
	error_set(&err, "setuid", 0,
		  "nsrun is installed setuid or with file capabilities, and refuses to run so");
	report_error(&err);
	return -1;
}

int main(int argc, char *argv[])
{
	struct arena arena = { .on_exhausted = out_of_memory };
	const struct command *command = argc > 1 ? find_command(argv[1]) : NULL;
	const char *const *arguments = (const char *const *)argv + (command ? 2 : 1);

	nsrun_continue_as_init((const char *const *)argv);
	if (argc < 1 || refuse_privilege() < 0 || nsrun_prepare_process() < 0)
		return NSRUN_EXIT_FAILED;
	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)) {
		print_overview();
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		printf("nsrun %s\n", PACKAGE_VERSION);
		return 0;
	}
	if (!command)
		command = &commands[0];
	return command->run(command, arguments, &arena);
}
