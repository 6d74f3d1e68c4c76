// SPDX-License-Identifier: Apache-2.0
/* nsrun stats: what containers use, once or again and again. */
#include "command.h"
#include "report.h"
#include "table.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLEAR "\x1b[H\x1b[J" /* to the upper left, and nothing below */

/**
 * struct history - What was measured the last time
 * @id: of the container, to know it again
 */
struct history {
	char id[CONTAINER_ID_SIZE];
	struct container_usage usage;
};

/* struct watch - @now and @before: of the containers at the moment, and the last time */
struct watch {
	const char **names;
	const struct request *request;
	struct history *before;
	size_t n_before;
};

/* --- measuring --- */

/* of one processor, since the last time, or since it was started */
static uint64_t cpu_hundredths(const struct container_usage *usage,
			       const struct container_usage *before)
{
	uint64_t cpu = usage->cpu_ns, time = usage->age_ns;

	if (before) {
		cpu -= before->cpu_ns < cpu ? before->cpu_ns : cpu;
		time = usage->when_ns - before->when_ns;
	}
	return time >= 1000 ? cpu / 1000 * 10000 / (time / 1000) : 0;
}

static const struct container_usage *find_before(const struct watch *watch, const char *id)
{
	for (size_t i = 0; i < watch->n_before; i++)
		if (strcmp(watch->before[i].id, id) == 0)
			return &watch->before[i].usage;
	return NULL;
}

static bool is_running(const struct container *container)
{
	return container->status == CONTAINER_RUNNING || container->status == CONTAINER_PAUSED;
}

/* one that ended meanwhile is left out */
static void measure(const struct watch *watch, struct arena *arena, struct container *container,
		    nsrun_stats *stats)
{
	struct container_stat stat = { .container = container };
	struct error unused;

	if (is_running(container) &&
	    container_measure(arena, container, &stat.usage, &unused) == 0) {
		stat.cpu_hundredths =
			cpu_hundredths(&stat.usage, find_before(watch, container->id));
		stats->v[stats->n++] = stat;
	}
	container_close(container);
}

static int measure_named(const struct watch *watch, struct arena *arena, nsrun_stats *stats,
			 struct error *err)
{
	size_t n = 0;

	while (watch->names[n])
		n++;
	*stats = (nsrun_stats){ .v = command_array(n, sizeof(*stats->v)) };
	for (size_t i = 0; i < n; i++) {
		struct container *container;

		if (container_find(arena, watch->names[i], &container, err) < 0)
			return -1;
		measure(watch, arena, container, stats);
	}
	return 0;
}

static int measure_all(const struct watch *watch, struct arena *arena, nsrun_stats *stats,
		       struct error *err)
{
	nsrun_containers list;

	if (container_list(arena, &list, err) < 0)
		return -1;
	*stats = (nsrun_stats){ .v = command_array(list.n, sizeof(*stats->v)) };
	for (size_t i = 0; i < list.n; i++) {
		struct container *container;
		struct error unused;

		if (is_running(list.v[i]) &&
		    container_find_again(arena, list.v[i], &container, &unused) == 0)
			measure(watch, arena, container, stats);
	}
	return 0;
}

static void remember(struct watch *watch, const nsrun_stats *stats)
{
	free(watch->before);
	watch->before = command_array(stats->n, sizeof(*watch->before));
	watch->n_before = stats->n;
	for (size_t i = 0; i < stats->n; i++) {
		snprintf(watch->before[i].id, CONTAINER_ID_SIZE, "%s", stats->v[i].container->id);
		watch->before[i].usage = stats->v[i].usage;
	}
}

/* --- printing --- */

struct cell {
	char text[64];
};

static int put_bytes(char *text, size_t size, uint64_t bytes)
{
	static const char units[][4] = { "B", "kB", "MB", "GB", "TB", "PB" };
	size_t unit = 0;
	uint64_t whole = bytes, tenths = 0;

	while (whole >= 1000 && unit < sizeof(units) / sizeof(units[0]) - 1) {
		tenths = whole % 1000 / 100;
		whole /= 1000;
		unit++;
	}
	return unit == 0 ? snprintf(text, size, "%lluB", (unsigned long long)whole)
			 : snprintf(text, size, "%llu.%llu%s", (unsigned long long)whole,
				    (unsigned long long)tenths, units[unit]);
}

static struct cell pair(uint64_t one, uint64_t other, bool known)
{
	struct cell cell = { "-- / --" };
	int n;

	if (!known)
		return cell;
	n = put_bytes(cell.text, sizeof(cell.text), one);
	n += snprintf(cell.text + n, sizeof(cell.text) - (size_t)n, " / ");
	put_bytes(cell.text + n, sizeof(cell.text) - (size_t)n, other);
	return cell;
}

static struct cell percent(uint64_t hundredths)
{
	struct cell cell;

	snprintf(cell.text, sizeof(cell.text), "%llu.%02u%%", (unsigned long long)hundredths / 100,
		 (unsigned)(hundredths % 100));
	return cell;
}

static void add_row(struct table *table, const struct container_stat *stat, bool whole)
{
	const struct container_usage *usage = &stat->usage;
	struct cell id, pids;

	snprintf(id.text, sizeof(id.text), "%.*s", whole ? 63 : CONTAINER_ID_SHORT,
		 stat->container->id);
	snprintf(pids.text, sizeof(pids.text), "%llu", (unsigned long long)usage->pids);
	table_row(table,
		  (const char *const[]){
			  id.text, stat->container->name, percent(stat->cpu_hundredths).text,
			  pair(usage->memory_bytes, usage->limit_bytes, true).text,
			  percent(usage->limit_bytes ? usage->memory_bytes / 1024 * 10000 /
							       (usage->limit_bytes / 1024 + 1)
						     : 0)
				  .text,
			  pair(usage->received_bytes, usage->sent_bytes, usage->has_network).text,
			  pair(usage->read_bytes, usage->written_bytes, true).text, pids.text });
}

static void print(const nsrun_stats *stats, const struct verb *verb, struct arena *arena)
{
	static const char *const titles[] = { "ID",    "NAME",	 "CPU %",    "MEM USAGE / LIMIT",
					      "MEM %", "NET IO", "BLOCK IO", "PIDS" };
	struct table table;

	if (verb->format == LIST_JSON) {
		report_output(container_stats_json(arena, stats));
		return;
	}
	table_begin(&table, titles, sizeof(titles) / sizeof(titles[0]));
	for (size_t i = 0; i < stats->n; i++)
		add_row(&table, &stats->v[i], verb->no_trunc);
	if (!verb->no_stream && isatty(STDOUT_FILENO))
		fputs(CLEAR, stdout);
	table_end(&table);
}

/* --- again and again --- */

/* 1: there was something to measure; 0: nothing; -1 with @err */
static int show(struct watch *watch, struct arena *arena, struct error *err)
{
	nsrun_stats stats;
	int result = *watch->names ? measure_named(watch, arena, &stats, err)
				   : measure_all(watch, arena, &stats, err);

	if (result < 0)
		return -1;
	print(&stats, &watch->request->verb, arena);
	remember(watch, &stats);
	free(stats.v);
	return stats.n > 0 || !*watch->names;
}

/* whether anybody looks at it still */
static bool wait_for_turn(const struct verb *verb)
{
	struct pollfd wait = { STDOUT_FILENO, 0, 0 };

	return poll(&wait, 1, (int)verb->interval_s * 1000) == 0;
}

int command_stats(const struct command *command, const char *const *argv, struct arena *arena)
{
	struct spec spec;
	struct request request = { .spec = &spec, .verb.interval_s = STATS_INTERVAL_DEFAULT_S };
	struct watch watch = { .request = &request };
	struct error err;
	int status, shown;

	status = command_parse_names(command, &request, argv, arena, &watch.names);
	if (status >= 0)
		return status;
	do {
		struct arena turn = { .on_exhausted = arena->on_exhausted };

		shown = show(&watch, &turn, &err);
		arena_free_all(&turn);
		if (shown < 0)
			return command_fail(&err);
	} while (shown && !request.verb.no_stream && wait_for_turn(&request.verb));
	return 0;
}
