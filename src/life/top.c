// SPDX-License-Identifier: Apache-2.0
/* The processes in a container, as the host and as the container number them. Runs in: nsrun. */
#include "base/arena.h"
#include "base/fd.h"
#include "base/file.h"
#include "life/members.h"
#include "sys/idmap.h"

#define PTS_MAJOR      136 /* devices.txt of the kernel: 136 to 143 */
#define PTS_MAJORS     8
#define PTS_PER_MAJOR  256
#define MAP_TEXT_MAX   ((size_t)64 * 1024)

static const char *name_terminal(struct arena *arena, uint32_t device)
{
	uint32_t major = device >> 8 & 0xfff, minor = (device & 0xff) | (device >> 12 & 0xfff00);

	if (major >= PTS_MAJOR && major < PTS_MAJOR + PTS_MAJORS)
		return arena_printf(arena, "pts/%u",
				    (major - PTS_MAJOR) * PTS_PER_MAJOR + minor);
	return "?";
}

static uint32_t find_inside(const nsrun_idmaps *maps, uint32_t outside)
{
	for (size_t i = 0; i < maps->n; i++)
		if (outside >= maps->v[i].outside &&
		    outside - maps->v[i].outside < maps->v[i].count)
			return maps->v[i].inside + (outside - maps->v[i].outside);
	return ID_NONE;
}

static pid_t inside_pid(const struct process_facts *facts, size_t level)
{
	return level < facts->n_pids ? facts->pids[level] : 0;
}

static pid_t inside_parent(const nsrun_members *members, const struct process_facts *facts,
			   size_t level)
{
	for (size_t i = 0; i < members->n; i++)
		if (members->v[i].facts.pids[0] == facts->parent)
			return inside_pid(&members->v[i].facts, level);
	return 0;
}

static void describe(struct arena *arena, const struct member *member, const nsrun_idmaps *maps,
		     struct container_process *ret)
{
	const struct process_facts *facts = &member->facts;
	uint64_t rate = (uint64_t)sysconf(_SC_CLK_TCK), now = process_uptime_ticks();
	auto_close int dir = member_open(member);

	ret->pid = facts->pids[0];
	ret->uid = find_inside(maps, facts->uid);
	ret->host_uid = facts->uid;
	ret->cpu_ms = facts->cpu_ticks * 1000 / rate;
	ret->age_ms = now > facts->start_ticks ? (now - facts->start_ticks) * 1000 / rate : 0;
	ret->tty = name_terminal(arena, facts->tty);
	ret->command = process_command_line(arena, dir, facts);
}

static void read_maps(struct arena *arena, pid_t pid, nsrun_idmaps *ret)
{
	auto_close int dir = process_directory(pid);
	char *text = arena_alloc(arena, MAP_TEXT_MAX);

	*ret = (nsrun_idmaps){ .n = 0 };
	if (dir >= 0 && file_read(dir, "uid_map", text, MAP_TEXT_MAX) > 0)
		idmap_parse_proc(arena, text, ret);
}

int container_top(struct arena *arena, const struct container *container, nsrun_processes *ret,
		  struct error *err)
{
	nsrun_members members;
	nsrun_idmaps maps;
	size_t level;

	*ret = (nsrun_processes){ .n = 0 };
	if (members_list(arena, container, &members, &level, err) < 0)
		return -1;
	read_maps(arena, container->pid, &maps);
	for (size_t i = 0; i < members.n; i++) {
		struct container_process *process = array_push(arena, ret);

		describe(arena, &members.v[i], &maps, process);
		process->inside_pid = inside_pid(&members.v[i].facts, level);
		process->inside_parent = inside_parent(&members, &members.v[i].facts, level);
	}
	return 0;
}
