// SPDX-License-Identifier: Apache-2.0
/*
 * The two files of a container. A member that is not known is ignored, and one that is missing has
 * its default, so that two versions of nsrun can read each other's.
 */
#include "life/record.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/parse.h"
#include "config/json.h"
#include "life/store.h"

#include <errno.h>
#include <string.h>

#define CONFIG "config.json"
#define STATE  "state.json"

static const char *const restart_names[] = {
	[RESTART_NO] = "no", [RESTART_ON_FAILURE] = "on-failure", [RESTART_ALWAYS] = "always"
};
static const char *const log_names[] = { [LOG_FILE] = "k8s-file", [LOG_NONE] = "none" };
static const char *const status_names[] = { [RECORD_CREATED] = "created",
					    [RECORD_STARTING] = "starting",
					    [RECORD_RUNNING] = "running",
					    [RECORD_EXITED] = "exited" };

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

const char *record_log_driver_name(enum log_driver driver)
{
	return log_names[driver];
}

const char *record_restart_name(enum restart_policy policy)
{
	return restart_names[policy];
}

/* --- writing --- */

static int replace(struct arena *arena, struct json *json, int dir, const char *name,
		   struct error *err)
{
	const char *text;

	json_map_end(json);
	text = json_end(json, arena);
	if (strlen(text) > STORE_FILE_MAX)
		return error_set(err, "state-write", E2BIG, "cannot keep the container's '%s'",
				 name);
	if (file_replace(dir, name, text, strlen(text)) < 0)
		return error_set(err, "state-write", errno, "cannot write the container's '%s'",
				 name);
	return 0;
}

static struct json *begin(void)
{
	struct json *json = json_begin();

	json_map(json, NULL);
	json_number(json, "version", RECORD_VERSION);
	return json;
}

static void write_list(struct json *json, const char *key, const nsrun_strings *list)
{
	json_list(json, key);
	for (size_t i = 0; i < list->n; i++)
		json_string(json, NULL, list->v[i]);
	json_list_end(json);
}

int record_write_config(struct arena *arena, int dir, const struct container *container,
			struct error *err)
{
	const struct spec_life *life = &container->life;
	struct json *json = begin();

	json_string(json, "id", container->id);
	json_unsigned(json, "createdNs", container->created_ns);
	json_string(json, "rootfs", container->rootfs);
	write_list(json, "command", &container->command);
	write_list(json, "labels", &life->labels);
	write_list(json, "ports", &container->ports);
	write_list(json, "argv", &container->argv);
	write_list(json, "environment", &container->environment);
	write_list(json, "envFile", &container->env_file);
	json_string(json, "cwd", container->cwd);
	if (container->auto_ids.count > 0) {
		json_unsigned(json, "firstUid", container->auto_ids.uid);
		json_unsigned(json, "firstGid", container->auto_ids.gid);
		json_unsigned(json, "ownIds", container->auto_ids.count);
	}
	json_bool(json, "tty", container->tty);
	json_bool(json, "interactive", container->interactive);
	json_bool(json, "remove", life->remove);
	json_string(json, "restart", restart_names[life->restart]);
	json_unsigned(json, "restartMax", life->restart_max);
	json_number(json, "stopSignal", life->stop_signal);
	json_unsigned(json, "stopTimeoutSeconds", life->stop_timeout_s);
	json_string(json, "logDriver", log_names[life->log_driver]);
	json_unsigned(json, "logMaxBytes", life->log_max_bytes);
	json_unsigned(json, "logMaxFiles", life->log_max_files);
	json_string(json, "detachKeys", life->detach_keys);
	json_string(json, "box", container->box);
	return replace(arena, json, dir, CONFIG, err);
}

int record_write_state(struct arena *arena, int dir, const struct record *record, struct error *err)
{
	struct json *json = begin();

	json_string(json, "status", status_names[record->status]);
	json_string(json, "bootId", record->boot_id);
	json_unsigned(json, "viewer", record->viewer);
	json_number(json, "pid", record->init.pid);
	json_unsigned(json, "startTime", record->init.start_time);
	json_unsigned(json, "pidNamespace", record->init.pid_ns);
	json_unsigned(json, "startedNs", record->started_ns);
	json_unsigned(json, "finishedNs", record->finished_ns);
	json_number(json, "exitCode", record->exit_code);
	json_unsigned(json, "restarts", record->restarts);
	json_string(json, "error", record->error);
	json_string(json, "cgroup", record->cgroup);
	return replace(arena, json, dir, STATE, err);
}

/* --- reading --- */

static const struct json_value *read_map(struct arena *arena, int dir, const char *name,
					 struct error *err)
{
	const struct json_value *map;
	struct error why;
	size_t length;
	char *text = store_read_file(arena, dir, name, &length);

	if (!text) {
		error_set(err, "state-damaged", errno, "its '%s' cannot be read", name);
		return NULL;
	}
	if (json_read_own(arena, text, length, &map, &why) < 0 || !json_is(map, JSON_MAP)) {
		error_set(err, "state-damaged", 0, "its '%s' is not what nsrun wrote", name);
		return NULL;
	}
	return map;
}

static const char *get_text(const struct json_value *map, const char *key, const char *missing)
{
	const struct json_value *value = json_member(map, key);

	return json_is(value, JSON_STRING) ? value->text : missing;
}

static uint64_t get_number(const struct json_value *map, const char *key, uint64_t missing)
{
	uint64_t number;

	return json_to_u64(json_member(map, key), &number) == 0 ? number : missing;
}

static int get_int(const struct json_value *map, const char *key, int missing)
{
	const struct json_value *value = json_member(map, key);
	int32_t number;

	return json_is(value, JSON_NUMBER) && parse_i32(value->text, &number) == 0 ? number
										   : missing;
}

static bool get_bool(const struct json_value *map, const char *key)
{
	const struct json_value *value = json_member(map, key);

	return json_is(value, JSON_BOOL) && value->truth;
}

static unsigned get_word(const struct json_value *map, const char *key, const char *const *words,
			 size_t n)
{
	const char *text = get_text(map, key, "");

	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], text) == 0)
			return (unsigned)i;
	return (unsigned)n;
}

static void get_list(struct arena *arena, const struct json_value *map, const char *key,
		     nsrun_strings *ret)
{
	const struct json_value *list = json_member(map, key);

	*ret = (nsrun_strings){ .n = 0 };
	for (const struct json_value *at = json_is(list, JSON_LIST) ? list->first : NULL; at;
	     at = at->next)
		if (json_is(at, JSON_STRING))
			*array_push(arena, ret) = at->text;
	/* an argument vector is read until its NULL, which is not counted */
	*array_push(arena, ret) = NULL;
	ret->n--;
}

static void read_life(struct arena *arena, const struct json_value *map, struct spec_life *life)
{
	unsigned restart = get_word(map, "restart", restart_names, COUNT(restart_names));
	unsigned driver = get_word(map, "logDriver", log_names, COUNT(log_names));

	*life = (struct spec_life){
		.remove = get_bool(map, "remove"),
		.restart =
			restart < COUNT(restart_names) ? (enum restart_policy)restart : RESTART_NO,
		.restart_max = (uint32_t)get_number(map, "restartMax", 0),
		.stop_signal = get_int(map, "stopSignal", 15),
		.stop_timeout_s = (uint32_t)get_number(map, "stopTimeoutSeconds", 10),
		.log_driver = driver < COUNT(log_names) ? (enum log_driver)driver : LOG_FILE,
		.log_max_bytes = get_number(map, "logMaxBytes", 0),
		.log_max_files = (uint32_t)get_number(map, "logMaxFiles", 1),
		.detach_keys = get_text(map, "detachKeys", NULL),
	};
	get_list(arena, map, "labels", &life->labels);
}

int record_read_config(struct arena *arena, struct container *container, struct error *err)
{
	const struct json_value *map = read_map(arena, container->dir, CONFIG, err);

	if (!map)
		return -1;
	container->id = get_text(map, "id", "");
	container->rootfs = get_text(map, "rootfs", "");
	container->cwd = get_text(map, "cwd", "/");
	if (strlen(container->id) != CONTAINER_ID_SIZE - 1)
		return error_set(err, "state-damaged", 0, "its '" CONFIG "' has no id");
	container->created_ns = get_number(map, "createdNs", 0);
	container->auto_ids = (struct auto_ids){ (uint32_t)get_number(map, "firstUid", 0),
						 (uint32_t)get_number(map, "firstGid", 0),
						 (uint32_t)get_number(map, "ownIds", 0) };
	container->tty = get_bool(map, "tty");
	container->interactive = get_bool(map, "interactive");
	container->box = get_text(map, "box", NULL);
	get_list(arena, map, "command", &container->command);
	get_list(arena, map, "ports", &container->ports);
	get_list(arena, map, "argv", &container->argv);
	get_list(arena, map, "environment", &container->environment);
	get_list(arena, map, "envFile", &container->env_file);
	read_life(arena, map, &container->life);
	container->labels.v = container->life.labels.v;
	container->labels.n = container->life.labels.n;
	return 0;
}

int record_read_state(struct arena *arena, int dir, struct record *ret, struct error *err)
{
	const struct json_value *map = read_map(arena, dir, STATE, err);
	unsigned status;

	if (!map)
		return -1;
	status = get_word(map, "status", status_names, COUNT(status_names));
	if (status == COUNT(status_names))
		return error_set(err, "state-damaged", 0, "its '" STATE "' has no status");
	*ret = (struct record){
		.status = (enum record_status)status,
		.init = { .pid = get_int(map, "pid", 0),
			  .start_time = get_number(map, "startTime", 0),
			  .pid_ns = get_number(map, "pidNamespace", 0) },
		.boot_id = get_text(map, "bootId", ""),
		.viewer = get_number(map, "viewer", 0),
		.started_ns = get_number(map, "startedNs", 0),
		.finished_ns = get_number(map, "finishedNs", 0),
		.exit_code = get_int(map, "exitCode", -1),
		.restarts = (uint32_t)get_number(map, "restarts", 0),
		.error = get_text(map, "error", ""),
		.cgroup = get_text(map, "cgroup", NULL),
	};
	return 0;
}
