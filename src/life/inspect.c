// SPDX-License-Identifier: Apache-2.0
/*
 * Containers as JSON, in podman's shape where podman has a word for it, and as templates see them.
 * Runs in: nsrun.
 */
#include "base/arena.h"
#include "base/file.h"
#include "base/fd.h"
#include "config/json_template.h"
#include "life/clock.h"
#include "life/life.h"
#include "life/published.h"
#include "life/record.h"
#include "nsrun/text.h"
#include "sys/idmap.h"
#include "sys/process_facts.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define MAP_TEXT_MAX ((size_t)64 * 1024)

/* --- words --- */

const char *container_status_name(const struct container *container)
{
	static const char *const words[] = {
		[CONTAINER_CREATED] = "created", [CONTAINER_RUNNING] = "running",
		[CONTAINER_PAUSED] = "paused",	 [CONTAINER_EXITED] = "exited",
		[CONTAINER_DAMAGED] = "damaged",
	};

	return words[container->status];
}

static const char *describe_age(struct arena *arena, uint64_t since_ns)
{
	static const struct {
		uint64_t seconds;
		const char *name;
	} units[] = { { UINT64_C(86400) * 7, "week" }, { 86400, "day" }, { 3600, "hour" },
		      { 60, "minute" },	     { 1, "second" } };
	uint64_t now = clock_now_ns() / NS_PER_S, then = since_ns / NS_PER_S;
	uint64_t age = now > then ? now - then : 0;
	size_t i = 0;

	while (age < units[i].seconds && units[i].seconds > 1)
		i++;
	age /= units[i].seconds;
	return arena_printf(arena, "%llu %s%s", (unsigned long long)age, units[i].name,
			    age == 1 ? "" : "s");
}

const char *container_age_text(struct arena *arena, uint64_t since_ns)
{
	return since_ns ? arena_printf(arena, "%s ago", describe_age(arena, since_ns)) : "";
}

static const char *describe_exit(struct arena *arena, const struct container *container)
{
	bool known = container->finished_ns && container->finished_ns >= container->started_ns;
	const char *code = container->exit_code < 0 ?
				   "?" :
				   arena_printf(arena, "%d", container->exit_code);

	return arena_printf(arena, "Exited (%s)%s%s", code, known ? " " : "",
			    known ? container_age_text(arena, container->finished_ns) : "");
}

const char *container_status_text(struct arena *arena, const struct container *container)
{
	switch (container->status) {
	case CONTAINER_RUNNING:
	case CONTAINER_PAUSED:
		return arena_printf(arena, "Up %s%s%s", describe_age(arena, container->started_ns),
				    container->status == CONTAINER_PAUSED ? " (Paused)" : "",
				    container->monitor ? "" : " (unmonitored)");
	case CONTAINER_EXITED:
		return describe_exit(arena, container);
	case CONTAINER_DAMAGED:
		return arena_printf(arena, "Damaged: %s", container->damage.text);
	default:
		return "Created";
	}
}

static const char *join(struct arena *arena, const nsrun_strings *words, const char *between)
{
	struct text text = { .arena = arena };

	for (size_t i = 0; i < words->n; i++)
		text_add(&text, "%s%s", i > 0 ? between : "", words->v[i]);
	return text_string(&text);
}

/* --- parts --- */

static void write_list(struct json *json, struct arena *arena, const char *key,
		       const nsrun_strings *list, size_t first)
{
	json_list(json, key);
	for (size_t i = first; i < list->n; i++)
		json_text(json, arena, NULL, list->v[i]);
	json_list_end(json);
}

static void write_labels(struct json *json, struct arena *arena, const nsrun_strings *labels)
{
	json_map(json, "Labels");
	for (size_t i = 0; i < labels->n; i++) {
		const char *equals = strchr(labels->v[i], '=');
		size_t length = equals ? (size_t)(equals - labels->v[i]) : strlen(labels->v[i]);

		json_text(json, arena, arena_strndup(arena, labels->v[i], length),
			  equals ? equals + 1 : "");
	}
	json_map_end(json);
}

/* the zero time of Go stands for "never", as podman writes it */
static void write_time(struct json *json, const char *key, uint64_t ns)
{
	char text[WHEN_TEXT_SIZE] = "0001-01-01T00:00:00Z";

	if (ns > 0)
		when_format(ns, text);
	json_string(json, key, text);
}

static bool runs(const struct container *container)
{
	return container->status == CONTAINER_RUNNING || container->status == CONTAINER_PAUSED;
}

/* until it has ended there is none; -1: nobody saw it */
static int exit_code(const struct container *container)
{
	return container->status == CONTAINER_EXITED ? container->exit_code : 0;
}

static void write_state(struct json *json, struct arena *arena, const struct container *container)
{
	bool damaged = container->status == CONTAINER_DAMAGED;

	json_map(json, "State");
	json_string(json, "Status", container_status_name(container));
	json_bool(json, "Running", container->status == CONTAINER_RUNNING);
	json_bool(json, "Paused", container->status == CONTAINER_PAUSED);
	json_number(json, "Pid", container->pid);
	json_number(json, "MonitorPid", container->monitor);
	json_number(json, "ExitCode", exit_code(container));
	json_text(json, arena, "Error", damaged ? container->damage.text : container->error);
	write_time(json, "StartedAt", container->started_ns);
	write_time(json, "FinishedAt", runs(container) ? 0 : container->finished_ns);
	json_string(json, "CgroupPath", container->cgroup ? container->cgroup : "");
	json_map_end(json);
}

static void write_config(struct json *json, struct arena *arena, const struct container *container)
{
	json_map(json, "Config");
	json_bool(json, "Tty", container->tty);
	json_bool(json, "OpenStdin", container->interactive);
	write_list(json, arena, "Cmd", &container->command, 0);
	write_labels(json, arena, &container->labels);
	json_number(json, "StopSignal", container->life.stop_signal);
	json_unsigned(json, "StopTimeout", container->life.stop_timeout_s);
	write_list(json, arena, "CreateCommand", &container->argv, 0);
	json_text(json, arena, "CreateDirectory", container->cwd);
	json_map_end(json);
}

static void write_log(struct json *json, struct arena *arena, const struct container *container)
{
	char path[64], target[4096] = "";
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", container->dir);
	n = readlinkat(AT_FDCWD, path, target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = '\0';
	json_map(json, "LogConfig");
	json_string(json, "Type", record_log_driver_name(container->life.log_driver));
	if (container->life.log_driver == LOG_FILE && n > 0)
		json_text(json, arena, "Path", arena_printf(arena, "%s/" LIFE_LOG, target));
	json_unsigned(json, "MaxSize", container->life.log_max_bytes);
	json_unsigned(json, "MaxFile", container->life.log_max_files);
	json_map_end(json);
}

static void write_map(struct json *json, struct arena *arena, int process, const char *file,
		      const char *key)
{
	char *text = arena_alloc(arena, MAP_TEXT_MAX);
	nsrun_idmaps maps = { .n = 0 };

	if (file_read(process, file, text, MAP_TEXT_MAX) > 0)
		idmap_parse_proc(arena, text, &maps);
	json_list(json, key);
	for (size_t i = 0; i < maps.n; i++)
		json_string(json, NULL,
			    arena_printf(arena, "%u:%u:%u", maps.v[i].inside, maps.v[i].outside,
					 maps.v[i].count));
	json_list_end(json);
}

/* of the user namespace that it has at the moment: what was asked for need not say it */
static void write_maps(struct json *json, struct arena *arena, const struct container *container)
{
	auto_close int process = runs(container) ? process_directory(container->pid) : -1;

	if (process < 0)
		return;
	json_map(json, "IDMappings");
	write_map(json, arena, process, "uid_map", "UidMap");
	write_map(json, arena, process, "gid_map", "GidMap");
	json_map_end(json);
}

static void write_host_config(struct json *json, struct arena *arena,
			      const struct container *container)
{
	json_map(json, "HostConfig");
	json_bool(json, "AutoRemove", container->life.remove);
	json_map(json, "RestartPolicy");
	json_string(json, "Name", record_restart_name(container->life.restart));
	json_unsigned(json, "MaximumRetryCount", container->life.restart_max);
	json_map_end(json);
	write_log(json, arena, container);
	write_maps(json, arena, container);
	json_map_end(json);
}

/* the number of a port, as podman has it: "80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}] */
static void write_bindings(struct json *json, struct arena *arena,
			   const struct container *container)
{
	json_map(json, "NetworkSettings");
	json_map(json, "Ports");
	for (size_t i = 0; i < container->ports.n; i++) {
		struct published_range range;

		if (published_parse(container->ports.v[i], &range) < 0)
			continue;
		for (uint16_t k = 0; k < range.count; k++) {
			json_list(json, arena_printf(arena, "%u/%s", range.inside + k,
						     range.protocol));
			json_map(json, NULL);
			json_text(json, arena, "HostIp", range.address);
			json_string(json, "HostPort",
				    range.host ? arena_printf(arena, "%u", range.host + k) : "");
			json_map_end(json);
			json_list_end(json);
		}
	}
	json_map_end(json);
	json_map_end(json);
}

/* --- one container --- */

static void write_container(struct json *json, struct arena *arena,
			    const struct container *container)
{
	json_map(json, NULL);
	json_string(json, "Id", container->id);
	json_text(json, arena, "Name", container->name);
	write_time(json, "Created", container->created_ns);
	write_state(json, arena, container);
	if (container->status != CONTAINER_DAMAGED) {
		json_text(json, arena, "Path", container->command.n > 0 ? container->command.v[0] : "");
		write_list(json, arena, "Args", &container->command, 1);
		json_text(json, arena, "Rootfs", container->rootfs);
		json_unsigned(json, "RestartCount", container->restarts);
		write_config(json, arena, container);
		write_host_config(json, arena, container);
		write_bindings(json, arena, container);
	}
	json_map_end(json);
}

const char *container_inspect(struct arena *arena, const struct container *container)
{
	struct json *json = json_begin();

	write_container(json, arena, container);
	return json_end(json, arena);
}

const char *container_inspect_list(struct arena *arena, const nsrun_containers *list)
{
	struct json *json = json_begin();

	json_list(json, NULL);
	for (size_t i = 0; i < list->n; i++)
		write_container(json, arena, list->v[i]);
	json_list_end(json);
	return json_end(json, arena);
}

/* --- lists --- */

static void write_ports(struct json *json, struct arena *arena, const struct container *container)
{
	json_list(json, "Ports");
	for (size_t i = 0; i < container->ports.n; i++) {
		struct published_range range;

		if (published_parse(container->ports.v[i], &range) < 0)
			continue;
		json_map(json, NULL);
		json_text(json, arena, "host_ip", range.address);
		json_unsigned(json, "host_port", range.host);
		json_unsigned(json, "container_port", range.inside);
		json_unsigned(json, "range", range.count);
		json_string(json, "protocol", range.protocol);
		json_map_end(json);
	}
	json_list_end(json);
}

static void write_listed(struct json *json, struct arena *arena, const struct container *container)
{
	json_map(json, NULL);
	json_string(json, "Id", container->id);
	json_list(json, "Names");
	json_text(json, arena, NULL, container->name);
	json_list_end(json);
	json_string(json, "State", container_status_name(container));
	json_text(json, arena, "Status", container_status_text(arena, container));
	json_number(json, "Pid", container->pid);
	json_number(json, "ExitCode", exit_code(container));
	json_bool(json, "Exited", container->status == CONTAINER_EXITED);
	json_unsigned(json, "Created", container->created_ns / NS_PER_S);
	json_unsigned(json, "StartedAt", container->started_ns / NS_PER_S);
	json_unsigned(json, "ExitedAt",
		      runs(container) ? 0 : container->finished_ns / NS_PER_S);
	json_unsigned(json, "Restarts", container->restarts);
	json_text(json, arena, "Rootfs", container->rootfs);
	write_list(json, arena, "Command", &container->command, 0);
	write_labels(json, arena, &container->labels);
	write_ports(json, arena, container);
	json_map_end(json);
}

const char *container_list_json(struct arena *arena, const nsrun_containers *list)
{
	struct json *json = json_begin();

	json_list(json, NULL);
	for (size_t i = 0; i < list->n; i++)
		write_listed(json, arena, list->v[i]);
	json_list_end(json);
	return json_end(json, arena);
}

/* --- templates --- */

/* the columns of a list, each as one text */
static const char *write_row(struct arena *arena, const struct container *container, bool whole)
{
	struct json *json = json_begin();
	char created[WHEN_TEXT_SIZE] = "";
	nsrun_strings ports;

	container_published(arena, container, NULL, &ports);
	if (container->created_ns)
		when_format(container->created_ns, created);
	json_map(json, NULL);
	json_string(json, "ID",
		    arena_printf(arena, "%.*s", whole ? CONTAINER_ID_SIZE : CONTAINER_ID_SHORT,
				 container->id));
	json_text(json, arena, "Names", container->name);
	json_text(json, arena, "Name", container->name);
	json_text(json, arena, "Rootfs", container->rootfs);
	json_text(json, arena, "Image", container->rootfs);
	json_text(json, arena, "Command", join(arena, &container->command, " "));
	json_string(json, "CreatedAt", created);
	json_string(json, "Created", container_age_text(arena, container->created_ns));
	json_string(json, "RunningFor", container_age_text(arena, container->created_ns));
	json_text(json, arena, "Status", container_status_text(arena, container));
	json_string(json, "State", container_status_name(container));
	json_number(json, "Pid", container->pid);
	json_number(json, "ExitCode", exit_code(container));
	json_number(json, "Restarts", container->restarts);
	json_text(json, arena, "Ports", join(arena, &ports, ", "));
	write_labels(json, arena, &container->labels);
	json_map_end(json);
	return json_end(json, arena);
}

int container_format(struct arena *arena, const struct container *container,
		     enum container_view view, const char *template, const char **ret,
		     struct error *err)
{
	const char *text = view == VIEW_INSPECT ?
				   container_inspect(arena, container) :
				   write_row(arena, container, view == VIEW_LIST_WHOLE);
	const struct json_value *map;

	if (json_read_own(arena, text, strlen(text), &map, err) < 0)
		return -1;
	return json_template(arena, template, map, ret, err);
}

int container_format_titles(struct arena *arena, const char *template, const char **ret,
			    struct error *err)
{
	return json_template_titles(arena, template, ret, err);
}
