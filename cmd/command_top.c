// SPDX-License-Identifier: Apache-2.0
/* nsrun top: the processes in a container, as the container and as the host number them. */
#include "command.h"
#include "table.h"

#include <stdio.h>

/* struct cell - Room for a number of any kind */
struct cell {
	char text[32];
};

static struct cell number(uint64_t value, bool known)
{
	struct cell cell = { "?" };

	if (known)
		snprintf(cell.text, sizeof(cell.text), "%llu", (unsigned long long)value);
	return cell;
}

/* how long it used a processor, of the time that it is there */
static struct cell percent(const struct container_process *process)
{
	uint64_t tenths = process->age_ms ? process->cpu_ms * 1000 / process->age_ms : 0;
	struct cell cell;

	snprintf(cell.text, sizeof(cell.text), "%llu.%u", (unsigned long long)tenths / 10,
		 (unsigned)(tenths % 10));
	return cell;
}

/* [DAYS-]HH:MM:SS */
static struct cell duration(uint64_t ms)
{
	uint64_t s = ms / 1000, days = s / 86400;
	struct cell cell;
	int n = days ? snprintf(cell.text, sizeof(cell.text), "%llu-", (unsigned long long)days)
		     : 0;

	snprintf(cell.text + n, sizeof(cell.text) - (size_t)n, "%02u:%02u:%02u",
		 (unsigned)(s / 3600 % 24), (unsigned)(s / 60 % 60), (unsigned)(s % 60));
	return cell;
}

static void print_row(struct table *table, const struct container_process *process)
{
	table_row(table,
		  (const char *const[]){
			  number(process->uid, process->uid != ID_NONE).text,
			  number(process->host_uid, true).text,
			  number((uint64_t)process->inside_pid, process->inside_pid > 0).text,
			  number((uint64_t)process->pid, true).text,
			  number((uint64_t)process->inside_parent, true).text,
			  percent(process).text,
			  duration(process->age_ms).text,
			  process->tty,
			  duration(process->cpu_ms).text,
			  process->command,
		  });
}

int command_top(const struct command *command, const char *const *argv, struct arena *arena)
{
	static const char *const titles[] = { "UID",  "HUID",	 "PID", "HPID", "PPID",
					      "%CPU", "ELAPSED", "TTY", "TIME", "COMMAND" };
	struct spec spec;
	struct request request = { .spec = &spec };
	struct container *container;
	nsrun_processes processes;
	struct table table;
	struct error err;
	int status = command_parse_one(command, &request, argv, arena, &container);

	if (status >= 0)
		return status;
	if (container_top(arena, container, &processes, &err) < 0)
		return command_fail(&err);
	table_begin(&table, titles, sizeof(titles) / sizeof(titles[0]));
	for (size_t i = 0; i < processes.n; i++)
		print_row(&table, &processes.v[i]);
	table_end(&table);
	return 0;
}
