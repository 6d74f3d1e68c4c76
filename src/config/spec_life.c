// SPDX-License-Identifier: Apache-2.0
/* Setters about a container that is kept: name, log, restart, stop. Pure. Runs in: supervisor. */
#include "nsrun/spec.h"

#include "base/arena.h"
#include "base/detach_keys.h"
#include "base/parse.h"
#include "config/spec_text.h"
#include "nsrun/container.h"
#include "sys/signal.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

int container_name_check(const char *name, struct error *err)
{
	static const char first[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	size_t length = strlen(name);

	if (length == 0 || length > CONTAINER_NAME_MAX || !strchr(first, name[0]))
		return error_set(err, "container-name", 0,
				 "'%.140s' is not a name for a container: a letter or digit, then "
				 "letters, digits, '_', '.' and '-', at most %d",
				 name, CONTAINER_NAME_MAX);
	for (const char *at = name; *at; at++)
		if (!strchr(first, *at) && !strchr("_.-", *at))
			return error_set(err, "container-name", 0,
					 "'%s' is not a name for a container: it may have letters, "
					 "digits, '_', '.' and '-'",
					 name);
	return 0;
}

int spec_set_name(struct spec *spec, const char *text, struct error *err)
{
	if (container_name_check(text, err) < 0)
		return -1;
	spec->life.name = arena_strdup(spec->arena, text);
	return 0;
}

int spec_set_restart(struct spec *spec, const char *text, struct error *err)
{
	static const char on_failure[] = "on-failure";
	size_t length = strlen(on_failure);

	spec->life.restart_max = 0;
	if (strcmp(text, "no") == 0) {
		spec->life.restart = RESTART_NO;
	} else if (strcmp(text, "always") == 0 || strcmp(text, "unless-stopped") == 0) {
		spec->life.restart = RESTART_ALWAYS;
	} else if (strncmp(text, on_failure, length) == 0 &&
		   (!text[length] ||
		    (text[length] == ':' &&
		     parse_u32(text + length + 1, &spec->life.restart_max) == 0))) {
		spec->life.restart = RESTART_ON_FAILURE;
	} else {
		return error_set(err, "usage", 0,
				 "--restart takes no, on-failure[:TIMES] or always, not '%s'",
				 text);
	}
	return 0;
}

int spec_set_stop_signal(struct spec *spec, const char *text, struct error *err)
{
	int signal = signal_number(text);

	if (signal <= 0)
		return error_set(err, "usage", 0,
				 "'%s' is no signal: a name such as TERM, or a number", text);
	spec->life.stop_signal = signal;
	return 0;
}

int spec_set_stop_timeout(struct spec *spec, const char *text, struct error *err)
{
	uint32_t seconds;

	if (parse_u32(text, &seconds) < 0 || seconds > INT32_MAX / 1000)
		return error_set(err, "usage", 0, "--stop-timeout takes seconds, not '%s'", text);
	spec->life.stop_timeout_s = seconds;
	return 0;
}

int spec_add_label(struct spec *spec, const char *text, struct error *err)
{
	const char *equals = strchr(text, '=');
	size_t length = equals ? (size_t)(equals - text) : strlen(text);

	if (length == 0)
		return error_set(err, "usage", 0, "--label takes KEY=VALUE, not '%s'", text);
	for (size_t i = 0; i < spec->life.labels.n; i++) {
		const char *other = spec->life.labels.v[i];

		if (strncmp(other, text, length) == 0 && other[length] == '=') {
			spec->life.labels.v[i] = arena_printf(spec->arena, "%.*s=%s", (int)length,
							      text, equals ? equals + 1 : "");
			return 0;
		}
	}
	*array_push(spec->arena, &spec->life.labels) =
		arena_printf(spec->arena, "%.*s=%s", (int)length, text, equals ? equals + 1 : "");
	return 0;
}

int spec_set_cidfile(struct spec *spec, const char *text, struct error *err)
{
	return text_set_path(spec, &spec->life.cidfile, "--cidfile", text, err);
}

int spec_set_log_driver(struct spec *spec, const char *text, struct error *err)
{
	if (strcmp(text, "k8s-file") == 0 || strcmp(text, "json-file") == 0)
		spec->life.log_driver = LOG_FILE;
	else if (strcmp(text, "none") == 0)
		spec->life.log_driver = LOG_NONE;
	else
		return error_set(err, "usage", 0, "--log-driver takes k8s-file or none, not '%s'",
				 text);
	return 0;
}

int spec_set_log_opt(struct spec *spec, const char *text, struct error *err)
{
	if (strncmp(text, "max-size=", 9) == 0 &&
	    parse_size(text + 9, &spec->life.log_max_bytes) == 0)
		return 0;
	if (strncmp(text, "max-file=", 9) == 0 &&
	    parse_u32(text + 9, &spec->life.log_max_files) == 0 && spec->life.log_max_files > 0 &&
	    spec->life.log_max_files <= 1000)
		return 0;
	return error_set(err, "usage", 0,
			 "--log-opt takes max-size=SIZE or max-file=COUNT, not '%s'", text);
}

int spec_set_detach_keys(struct spec *spec, const char *text, struct error *err)
{
	unsigned char keys[DETACH_KEYS_MAX];

	if (detach_keys_parse(text, keys) < 0)
		return error_set(err, "usage", 0,
				 "--detach-keys takes keys such as ctrl-p,ctrl-q or an empty text, "
				 "not '%s'",
				 text);
	spec->life.detach_keys = arena_strdup(spec->arena, text);
	return 0;
}

int spec_make_id(struct spec *spec, struct error *err)
{
	unsigned char random[(CONTAINER_ID_SIZE - 1) / 2];
	struct text id = { .arena = spec->arena };

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return error_set(err, "random", errno,
				 "cannot get random bytes for a container's id");
	for (size_t i = 0; i < sizeof(random); i++)
		text_add(&id, "%02x", random[i]);
	spec->container_id = text_string(&id);
	return 0;
}

bool spec_is_kept(const struct spec *spec)
{
	const struct spec_life *life = &spec->life;

	return life->detach || life->name || life->cidfile || life->labels.n > 0 ||
	       life->restart != RESTART_NO;
}

/* --- the environment of whoever made it --- */

bool spec_wants_variable(const struct spec *spec, const char *assignment)
{
	const char *equals = strchr(assignment, '=');
	size_t length = equals ? (size_t)(equals - assignment) : 0;

	if (length == 0 || spec->env_host)
		return length > 0;
	for (size_t i = 0; i < spec->env_files.n + spec->env.n; i++) {
		const struct env_change *change = i < spec->env_files.n
							  ? &spec->env_files.v[i]
							  : &spec->env.v[i - spec->env_files.n];

		if (change->action == ENV_IMPORT && strlen(change->name) == length &&
		    memcmp(change->name, assignment, length) == 0)
			return true;
	}
	return false;
}

static void bind(struct env_change *change, const char *const *environment)
{
	size_t length = strlen(change->name);

	if (change->action != ENV_IMPORT)
		return;
	change->action = ENV_NOTHING;
	for (; *environment; environment++) {
		if (strncmp(*environment, change->name, length) != 0 ||
		    (*environment)[length] != '=')
			continue;
		change->action = ENV_SET;
		change->value = *environment + length + 1;
	}
}

void spec_bind_environment(struct spec *spec, const char *const *environment)
{
	for (size_t i = 0; i < spec->env_files.n; i++)
		bind(&spec->env_files.v[i], environment);
	for (size_t i = 0; i < spec->env.n; i++)
		bind(&spec->env.v[i], environment);
	spec->bound_environment = environment;
}

void spec_begin_exec(struct spec *spec)
{
	spec->action = ACTION_EXEC;
	spec->argv.n = spec->entrypoint.n = spec->mounts.n = spec->sysctls.n = 0;
	spec->add_hosts.n = 0;
	spec->tty = NO;
	spec->interactive = spec->init = false;
	spec->pidfile = NULL;
	spec->timeout_ms = 0;
	spec->preserve_fds = 0;
	spec->sig_proxy = true;
	spec->life = (struct spec_life){ .detach_keys = NULL };
}

static void begin_idle_network(struct spec *spec)
{
	/* whose namespaces it has says which ids it has, so these stay */
	if (spec->network != NETWORK_OTHER)
		spec->network = NETWORK_NONE;
	spec->published.n = spec->exposed.n = 0;
	spec->publish_all = false;
}

void spec_begin_idle(struct spec *spec)
{
	begin_idle_network(spec);
	spec->idle = true;
	spec->argv.n = spec->entrypoint.n = spec->sysctls.n = spec->limits.n = 0;
	spec->has_user = spec->has_oom_score_adj = spec->keep_groups = false;
	spec->group_add.n = spec->landlock.n = 0;
	spec->seccomp = SECCOMP_UNCONFINED;
	spec->fakeroot = false;
	spec->apparmor = NULL;
	spec->tty = NO;
	spec->interactive = spec->init = spec->sig_proxy = false;
	spec->pidfile = NULL;
	spec->timeout_ms = 0;
	spec->preserve_fds = 0;
	spec->life = (struct spec_life){ .detach_keys = NULL };
}
