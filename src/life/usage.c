// SPDX-License-Identifier: Apache-2.0
/*
 * What a container uses: from its control group where it has one, else from what /proc says of its
 * processes. Runs in: nsrun.
 */
#include "base/arena.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/parse.h"
#include "config/json.h"
#include "life/clock.h"
#include "life/members.h"
#include "sys/cgroup.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define TEXT_MAX ((size_t)64 * 1024)

/* the number behind "KEY" at the beginning of a line; what is between may be blanks */
static bool find_number(const char *text, const char *key, uint64_t *ret)
{
	size_t length = strlen(key);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, length) == 0) {
			const char *at = line + length + strspn(line + length, " \t");

			return parse_decimal(at, strspn(at, "0123456789"), UINT64_MAX, ret) == 0;
		}
	}
	return false;
}

/* --- of a control group --- */

static int open_cgroup(const char *path)
{
	return path ? cgroup_open(path) : -1;
}

static bool read_value(int cgroup, const char *file, uint64_t *ret)
{
	char text[64];

	return file_read(cgroup, file, text, sizeof(text)) > 0 &&
	       parse_decimal(text, strspn(text, "0123456789"), UINT64_MAX, ret) == 0;
}

/* "8:0 rbytes=1 wbytes=2 ...", a line for each device */
static void read_io(int cgroup, struct container_usage *ret)
{
	char text[8192];

	if (file_read(cgroup, "io.stat", text, sizeof(text)) < 0)
		return;
	ret->read_bytes = ret->written_bytes = 0;
	for (const char *at = text; (at = strstr(at, "bytes=")); at += 6) {
		uint64_t bytes;

		if (at == text || parse_decimal(at + 6, strspn(at + 6, "0123456789"), UINT64_MAX,
						&bytes) < 0)
			continue;
		if (at[-1] == 'r')
			ret->read_bytes += bytes;
		else if (at[-1] == 'w')
			ret->written_bytes += bytes;
	}
}

/* what it counts is better than what the sums say: of processes that are gone, too */
static void read_cgroup(const char *path, struct container_usage *ret)
{
	auto_close int cgroup = open_cgroup(path);
	char text[4096];
	uint64_t value;

	if (cgroup < 0)
		return;
	if (file_read(cgroup, "cpu.stat", text, sizeof(text)) > 0 &&
	    find_number(text, "usage_usec", &value))
		ret->cpu_ns = value * 1000;
	if (read_value(cgroup, "memory.current", &value))
		ret->memory_bytes = value;
	if (read_value(cgroup, "memory.max", &value) && value < ret->limit_bytes)
		ret->limit_bytes = value;
	if (read_value(cgroup, "pids.current", &value))
		ret->pids = value;
	read_io(cgroup, ret);
}

/* --- of processes --- */

static void add_memory(int dir, const struct process_facts *facts, struct container_usage *ret)
{
	char text[4096];
	uint64_t kib;

	/* what processes share counts once; without a right to that, more often */
	if (file_read(dir, "smaps_rollup", text, sizeof(text)) > 0 &&
	    find_number(text, "Pss:", &kib))
		ret->memory_bytes += kib * 1024;
	else
		ret->memory_bytes += facts->resident_pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void add_process(const struct member *member, struct container_usage *ret)
{
	uint64_t rate = (uint64_t)sysconf(_SC_CLK_TCK), bytes;
	auto_close int dir = member_open(member);
	char text[1024];

	ret->cpu_ns +=
		(member->facts.cpu_ticks + member->facts.dead_ticks) * (NS_PER_S / rate);
	ret->pids++;
	if (dir < 0)
		return;
	add_memory(dir, &member->facts, ret);
	if (file_read(dir, "io", text, sizeof(text)) <= 0)
		return;
	if (find_number(text, "read_bytes:", &bytes))
		ret->read_bytes += bytes;
	if (find_number(text, "write_bytes:", &bytes))
		ret->written_bytes += bytes;
}

/* "  eth0: RECEIVED seven-more SENT ..." */
static void add_device(const char *line, struct container_usage *ret)
{
	const char *colon = strchr(line, ':');
	uint64_t received, sent, unused;

	if (!colon || strstr(line, "lo:") == line + strspn(line, " "))
		return;
	if (sscanf(colon + 1,
		   "%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
		   " %" SCNu64 " %" SCNu64 " %" SCNu64,
		   &received, &unused, &unused, &unused, &unused, &unused, &unused, &unused,
		   &sent) != 9)
		return;
	ret->received_bytes += received;
	ret->sent_bytes += sent;
}

static void read_network(struct arena *arena, int init, struct container_usage *ret)
{
	char *text = arena_alloc(arena, TEXT_MAX), *line = text;
	struct stat own, theirs;

	if (fstatat(AT_FDCWD, "/proc/self/ns/net", &own, 0) < 0 ||
	    fstatat(init, "ns/net", &theirs, 0) < 0 || own.st_ino == theirs.st_ino)
		return; /* the host's traffic is not the container's */
	if (file_read(init, "net/dev", text, TEXT_MAX) <= 0)
		return;
	ret->has_network = true;
	while (line) {
		char *end = strchr(line, '\n');

		if (end)
			*end++ = '\0';
		add_device(line, ret);
		line = end;
	}
}

static uint64_t memory_of_machine(void)
{
	char text[4096];
	uint64_t kib = 0;

	if (file_read_part("/proc/meminfo", text, sizeof(text)) > 0)
		find_number(text, "MemTotal:", &kib);
	return kib * 1024;
}

int container_measure(struct arena *arena, const struct container *container,
		      struct container_usage *ret, struct error *err)
{
	auto_close int init = process_directory(container->pid);
	struct timespec now;
	nsrun_members members;
	size_t level;

	*ret = (struct container_usage){ .limit_bytes = memory_of_machine() };
	if (members_list(arena, container, &members, &level, err) < 0)
		return -1;
	for (size_t i = 0; i < members.n; i++)
		add_process(&members.v[i], ret);
	read_network(arena, init, ret);
	read_cgroup(container->cgroup, ret);
	clock_gettime(CLOCK_MONOTONIC, &now);
	ret->when_ns = (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
	ret->age_ns = clock_now_ns() > container->started_ns ?
			      clock_now_ns() - container->started_ns :
			      0;
	return 0;
}

static void write_stat(struct json *json, const struct container_stat *stat)
{
	const struct container_usage *usage = &stat->usage;

	json_map(json, NULL);
	json_string(json, "ContainerID", stat->container->id);
	json_string(json, "Name", stat->container->name);
	json_hundredths(json, "CPU", stat->cpu_hundredths);
	json_unsigned(json, "CPUNano", usage->cpu_ns);
	json_unsigned(json, "MemUsage", usage->memory_bytes);
	json_unsigned(json, "MemLimit", usage->limit_bytes);
	json_hundredths(json, "MemPerc",
			usage->limit_bytes ? usage->memory_bytes / 1024 * 10000 /
						     (usage->limit_bytes / 1024 + 1) :
					     0);
	if (usage->has_network) {
		json_unsigned(json, "NetInput", usage->received_bytes);
		json_unsigned(json, "NetOutput", usage->sent_bytes);
	}
	json_unsigned(json, "BlockInput", usage->read_bytes);
	json_unsigned(json, "BlockOutput", usage->written_bytes);
	json_unsigned(json, "PIDs", usage->pids);
	json_map_end(json);
}

const char *container_stats_json(struct arena *arena, const nsrun_stats *stats)
{
	struct json *json = json_begin();

	json_list(json, NULL);
	for (size_t i = 0; i < stats->n; i++)
		write_stat(json, &stats->v[i]);
	json_list_end(json);
	return json_end(json, arena);
}
