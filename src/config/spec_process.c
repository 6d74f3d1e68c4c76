// SPDX-License-Identifier: Apache-2.0
/*
 * The setters of the process: environment, limits, sysctls, numbers. Runs in: supervisor. Pure,
 * but for --env-file, which reads the one file it names.
 */
#include "nsrun/spec.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/parse.h"
#include "config/json.h"
#include "config/spec_text.h"
#include "sys/limit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define ENV_FILE_SIZE_MAX ((size_t)1 << 20)

void spec_add_argument(struct spec *spec, const char *argument)
{
	*array_push(spec->arena, &spec->argv) = argument;
}

/* ["COMMAND", "ARG", ...], as podman takes it */
static int set_json_entrypoint(struct spec *spec, const char *text, struct error *err)
{
	const struct json_value *list;

	if (json_read(spec->arena, text, strlen(text), &list, err) < 0 ||
	    !json_is(list, JSON_LIST))
		return error_set(err, "usage", 0, "--entrypoint '%s' is no JSON list of words", text);
	for (const struct json_value *word = list->first; word; word = word->next) {
		if (!json_is(word, JSON_STRING))
			return error_set(err, "usage", 0,
					 "--entrypoint '%s' is no JSON list of words", text);
		*array_push(spec->arena, &spec->entrypoint) = word->text;
	}
	return 0;
}

int spec_set_entrypoint(struct spec *spec, const char *text, struct error *err)
{
	spec->entrypoint.n = 0;
	if (text[0] == '[')
		return set_json_entrypoint(spec, text, err);
	if (*text)
		*array_push(spec->arena, &spec->entrypoint) = arena_strdup(spec->arena, text);
	return 0;
}

/* NAME=VALUE sets, NAME imports; false for neither */
static bool parse_env(struct spec *spec, const char *text, size_t length,
		      struct env_change *ret_change)
{
	const char *equals = memchr(text, '=', length);
	size_t name_length = equals ? (size_t)(equals - text) : length;

	if (name_length == 0)
		return false;
	*ret_change = (struct env_change){ .action = equals ? ENV_SET : ENV_IMPORT };
	ret_change->name = arena_strndup(spec->arena, text, name_length);
	if (equals)
		ret_change->value = arena_strndup(spec->arena, equals + 1,
						  length - name_length - 1);
	return true;
}

int spec_add_env(struct spec *spec, const char *text, struct error *err)
{
	struct env_change change;

	if (!parse_env(spec, text, strlen(text), &change))
		return error_set(err, "usage", 0, "--env takes NAME=VALUE or NAME, not '%s'", text);
	*array_push(spec->arena, &spec->env) = change;
	return 0;
}

int spec_add_env_file(struct spec *spec, const char *text, struct error *err)
{
	char *content = arena_alloc(spec->arena, ENV_FILE_SIZE_MAX);
	ssize_t size = file_read(AT_FDCWD, text, content, ENV_FILE_SIZE_MAX);
	const char *cursor = content, *line;
	size_t length, number = 0;
	struct env_change change;
	struct stat st;

	if (size < 0)
		return error_set(err, "env-file", errno, "cannot read the environment file '%s'",
				 text);
	if (memchr(content, '\0', (size_t)size))
		return error_set(err, "env-file", 0, "the environment file '%s' is not a text",
				 text);
	if (fstatat(AT_FDCWD, text, &st, 0) == 0 && !S_ISREG(st.st_mode))
		spec->env_pipe = text;
	while ((line = parse_next_field(&cursor, '\n', &length))) {
		size_t blank = strspn(line, " \t");

		number++;
		if (length > 0 && line[length - 1] == '\r')
			length--;
		if (blank >= length || line[blank] == '#')
			continue;
		if (!parse_env(spec, line + blank, length - blank, &change))
			return error_set(err, "env-file", 0,
					 "line %zu of the environment file '%s' has no name",
					 number, text);
		*array_push(spec->arena, &spec->env_files) = change;
	}
	return 0;
}

void spec_restore_env_files(struct spec *spec, const nsrun_strings *lines)
{
	struct env_change change;

	spec->env_files.n = 0;
	for (size_t i = 0; i < lines->n; i++)
		if (parse_env(spec, lines->v[i], strlen(lines->v[i]), &change))
			*array_push(spec->arena, &spec->env_files) = change;
}

int spec_add_unsetenv(struct spec *spec, const char *text, struct error *err)
{
	struct env_change *change;

	if (!text_is_variable(text))
		return error_set(err, "usage", 0, "--unsetenv takes a NAME, not '%s'", text);
	change = array_push(spec->arena, &spec->env);
	change->action = ENV_UNSET;
	change->name = arena_strdup(spec->arena, text);
	return 0;
}

int spec_set_workdir(struct spec *spec, const char *text, struct error *err)
{
	if (text[0] != '/')
		return error_set(err, "usage", 0, "--workdir takes an absolute path, not '%s'",
				 text);
	spec->workdir = arena_strdup(spec->arena, text);
	return 0;
}

int spec_set_umask(struct spec *spec, const char *text, struct error *err)
{
	uint32_t mask;

	if (parse_octal(text, &mask) < 0 || mask > 0777)
		return error_set(err, "usage", 0, "--umask takes an octal mask such as 0022, not '%s'",
				 text);
	spec->umask = mask;
	return 0;
}

/* a limit's number, "unlimited" or "-1" */
static int parse_limit_value(const char *text, size_t length, uint64_t *ret_value)
{
	if (field_equals(text, length, "unlimited") || field_equals(text, length, "-1")) {
		*ret_value = RLIM_INFINITY;
		return 0;
	}
	return parse_decimal(text, length, UINT64_MAX, ret_value);
}

int spec_add_ulimit(struct spec *spec, const char *text, struct error *err)
{
	const char *equals = strchr(text, '=');
	const char *cursor = equals ? equals + 1 : NULL;
	struct limit limit = { .resource = -1 };
	size_t length = 0;
	const char *field;

	if (strcmp(text, "host") == 0) {
		spec->limits.n = 0;
		spec->host_limits = true;
		return 0;
	}
	if (equals)
		limit.resource = limit_resource(text, (size_t)(equals - text));
	field = parse_next_field(&cursor, ':', &length);
	if (limit.resource < 0 || !field || parse_limit_value(field, length, &limit.soft) < 0)
		return error_set(err, "ulimit-syntax", 0,
				 "--ulimit takes NAME=SOFT[:HARD] such as nofile=1024:4096, or host, not '%s'",
				 text);
	limit.hard = limit.soft;
	if (cursor && parse_limit_value(cursor, strlen(cursor), &limit.hard) < 0)
		return error_set(err, "ulimit-syntax", 0, "--ulimit '%s' has no valid hard limit",
				 text);
	if (limit.soft > limit.hard)
		return error_set(err, "ulimit-syntax", 0,
				 "--ulimit '%s' has a soft limit above its hard limit", text);
	*array_push(spec->arena, &spec->limits) = limit;
	return 0;
}

int spec_add_sysctl(struct spec *spec, const char *text, struct error *err)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789_-./";
	const char *equals = strchr(text, '=');
	struct sysctl *sysctl;
	char *key;

	if (!equals || equals == text || !equals[1] || strpbrk(equals + 1, "\n="))
		return error_set(err, "sysctl-syntax", 0, "--sysctl takes KEY=VALUE, not '%s'", text);
	key = arena_strndup(spec->arena, text, (size_t)(equals - text));
	if (strspn(key, allowed) != strlen(key) || strstr(key, "..") || strstr(key, "//") ||
	    key[0] == '/' || key[0] == '.')
		return error_set(err, "sysctl-syntax", 0, "'%s' is not the name of a sysctl", key);
	/* sysctl(8): dots separate unless a slash comes first */
	if (strcspn(key, ".") < strcspn(key, "/"))
		for (char *at = key; *at; at++)
			if (*at == '.' || *at == '/')
				*at = *at == '.' ? '/' : '.';
	sysctl = array_push(spec->arena, &spec->sysctls);
	*sysctl = (struct sysctl){ key, arena_strdup(spec->arena, equals + 1), false };
	return 0;
}

int spec_set_preserve_fds(struct spec *spec, const char *text, struct error *err)
{
	if (parse_u32(text, &spec->preserve_fds) < 0 || spec->preserve_fds > 65536)
		return error_set(err, "usage", 0,
				 "--preserve-fds takes how many descriptors from 3 on, not '%s'",
				 text);
	return 0;
}

int spec_set_oom_score_adj(struct spec *spec, const char *text, struct error *err)
{
	if (parse_i32(text, &spec->oom_score_adj) < 0 || spec->oom_score_adj < -1000 ||
	    spec->oom_score_adj > 1000)
		return error_set(err, "usage", 0,
				 "--oom-score-adj takes a number from -1000 to 1000, not '%s'", text);
	spec->has_oom_score_adj = true;
	return 0;
}

int spec_set_pidfile(struct spec *spec, const char *text, struct error *err)
{
	return text_set_path(spec, &spec->pidfile, "--pidfile", text, err);
}

int spec_set_timeout(struct spec *spec, const char *text, struct error *err)
{
	uint32_t seconds;

	if (parse_u32(text, &seconds) < 0)
		return error_set(err, "usage", 0, "--timeout takes seconds, not '%s'", text);
	spec->timeout_ms = (uint64_t)seconds * 1000;
	return 0;
}
