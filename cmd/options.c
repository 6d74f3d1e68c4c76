// SPDX-License-Identifier: Apache-2.0
/* The one table of options. */
#include "options.h"

#include "nsrun/text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define KEPT (SCOPE_RUN | SCOPE_CREATE)
#define BOX  (KEPT | SCOPE_PLAN | SCOPE_BOX)
#define ALL  (BOX | SCOPE_UNSHARE)
#define EXEC (BOX | SCOPE_EXEC)
#define EACH (ALL | SCOPE_EXEC)
#define PLAN SCOPE_PLAN

/* --- setters: text of a command line to a field or to a setter of the spec --- */

#define TO_SPEC(setter)                                                                            \
	static int set_##setter(struct request *request, const char *text, struct error *err)      \
	{                                                                                          \
		return setter(request->spec, text, err);                                           \
	}

#define TO_SWITCH(field)                                                                           \
	static int switch_##field(struct request *request, const char *text, struct error *err)    \
	{                                                                                          \
		(void)err;                                                                         \
		request->spec->field = strcmp(text, "true") == 0;                                  \
		return 0;                                                                          \
	}

#define TO_LIFE_SWITCH(field)                                                                      \
	static int switch_##field(struct request *request, const char *text, struct error *err)    \
	{                                                                                          \
		(void)err;                                                                         \
		request->spec->life.field = strcmp(text, "true") == 0;                             \
		return 0;                                                                          \
	}

#define TO_VERB_SWITCH(field)                                                                      \
	static int switch_##field(struct request *request, const char *text, struct error *err)    \
	{                                                                                          \
		(void)err;                                                                         \
		request->verb.field = strcmp(text, "true") == 0;                                   \
		return 0;                                                                          \
	}

TO_SPEC(spec_add_capability)
TO_SPEC(spec_add_device)
TO_SPEC(spec_add_dns)
TO_SPEC(spec_add_dns_option)
TO_SPEC(spec_add_dns_search)
TO_SPEC(spec_add_env)
TO_SPEC(spec_add_gidmap)
TO_SPEC(spec_add_group)
TO_SPEC(spec_add_host)
TO_SPEC(spec_add_label)
TO_SPEC(spec_add_mount)
TO_SPEC(spec_add_exposed)
TO_SPEC(spec_add_published)
TO_SPEC(spec_add_security_opt)
TO_SPEC(spec_add_sysctl)
TO_SPEC(spec_add_tmpfs)
TO_SPEC(spec_add_uidmap)
TO_SPEC(spec_add_ulimit)
TO_SPEC(spec_add_unsetenv)
TO_SPEC(spec_add_volume)
TO_SPEC(spec_drop_capability)
TO_SPEC(spec_set_cgroupns)
TO_SPEC(spec_set_cidfile)
TO_SPEC(spec_set_detach_keys)
TO_SPEC(spec_set_entrypoint)
TO_SPEC(spec_set_hostname)
TO_SPEC(spec_set_ipc)
TO_SPEC(spec_set_log_driver)
TO_SPEC(spec_set_log_opt)
TO_SPEC(spec_set_name)
TO_SPEC(spec_set_network)
TO_SPEC(spec_set_newidmap)
TO_SPEC(spec_set_oom_score_adj)
TO_SPEC(spec_set_pid)
TO_SPEC(spec_set_pidfile)
TO_SPEC(spec_set_preserve_fds)
TO_SPEC(spec_set_restart)
TO_SPEC(spec_set_rootfs_overlay)
TO_SPEC(spec_set_shm_size)
TO_SPEC(spec_set_stop_signal)
TO_SPEC(spec_set_stop_timeout)
TO_SPEC(spec_set_subgidname)
TO_SPEC(spec_set_subuidname)
TO_SPEC(spec_set_timeout)
TO_SPEC(spec_set_timezone)
TO_SPEC(spec_set_umask)
TO_SPEC(spec_set_user)
TO_SPEC(spec_set_userns)
TO_SPEC(spec_set_uts)
TO_SPEC(spec_set_workdir)
TO_SWITCH(env_host)
TO_SWITCH(fakeroot)
TO_SWITCH(init)
TO_SWITCH(interactive)
TO_SWITCH(no_hostname)
TO_SWITCH(no_hosts)
TO_SWITCH(privileged)
TO_SWITCH(quiet)
TO_SWITCH(read_only)
TO_SWITCH(read_only_tmpfs)
TO_SWITCH(sig_proxy)
TO_SWITCH(strict)
TO_SWITCH(unset_env_all)
TO_LIFE_SWITCH(detach)
TO_LIFE_SWITCH(remove)
TO_LIFE_SWITCH(replace)
TO_VERB_SWITCH(all)
TO_VERB_SWITCH(attach)
TO_VERB_SWITCH(follow)
TO_VERB_SWITCH(force)
TO_VERB_SWITCH(ignore)
TO_VERB_SWITCH(no_input)
TO_VERB_SWITCH(no_stream)
TO_VERB_SWITCH(internal)
TO_VERB_SWITCH(ipv6)
TO_VERB_SWITCH(no_trunc)
TO_VERB_SWITCH(list)

static int add_env_file(struct request *request, const char *text, struct error *err)
{
	return request->restored ? 0 : spec_add_env_file(request->spec, text, err);
}
TO_VERB_SWITCH(timestamps)

static int switch_tty(struct request *request, const char *text, struct error *err)
{
	(void)err;
	request->spec->tty = strcmp(text, "true") == 0 ? YES : NO;
	return 0;
}

static int switch_publish_all(struct request *request, const char *text, struct error *err)
{
	(void)err;
	if (strcmp(text, "true") == 0)
		spec_publish_all(request->spec);
	return 0;
}

static int switch_help(struct request *request, const char *text, struct error *err)
{
	(void)err;
	request->help = strcmp(text, "true") == 0;
	return 0;
}

static int switch_remove_box(struct request *request, const char *text, struct error *err)
{
	(void)err;
	request->verb.remove = strcmp(text, "true") == 0;
	return 0;
}

static int add_filter(struct request *request, const char *text, struct error *err)
{
	if (!strchr(text, '='))
		return error_set(err, "usage", 0, "--filter takes KEY=VALUE, not '%s'", text);
	if (request->verb.n_filters == FILTERS_MAX)
		return error_set(err, "usage", 0, "there are more than %d filters", FILTERS_MAX);
	request->verb.filters[request->verb.n_filters++] = text;
	return 0;
}

static int set_signal(struct request *request, const char *text, struct error *err)
{
	if (spec_set_stop_signal(request->spec, text, err) < 0)
		return -1;
	request->verb.signal = text;
	return 0;
}

static int set_subnet(struct request *request, const char *text, struct error *err)
{
	(void)err;
	request->verb.subnet = text;
	return 0;
}

static int set_time(struct request *request, const char *text, struct error *err)
{
	if (spec_set_stop_timeout(request->spec, text, err) < 0)
		return -1;
	request->verb.timeout_s = request->spec->life.stop_timeout_s;
	return 0;
}

/* "table", "json", "TEMPLATE", "table TEMPLATE" */
static int set_list_format(struct request *request, const char *text, struct error *err)
{
	struct verb *verb = &request->verb;
	bool table = strncmp(text, "table", 5) == 0 && (!text[5] || text[5] == ' ');

	verb->template = NULL;
	verb->format = table ? LIST_TABLE : LIST_LINES;
	if (strcmp(text, "json") == 0) {
		verb->format = LIST_JSON;
		return 0;
	}
	if (table)
		text += 5 + strspn(text + 5, " ");
	if (*text && strstr(text, "{{"))
		verb->template = text;
	else if (*text || !table)
		return error_set(err, "usage", 0,
				 "--format takes table, json or a template such as '{{.Names}}', "
				 "not '%s'",
				 text);
	return 0;
}

static int set_inspect_format(struct request *request, const char *text, struct error *err)
{
	request->verb.template = strcmp(text, "json") == 0 ? NULL : text;
	if (request->verb.template && !strstr(text, "{{"))
		return error_set(err, "usage", 0,
				 "--format takes json or a template such as '{{.State.Status}}', "
				 "not '%s'",
				 text);
	return 0;
}

static int set_stats_format(struct request *request, const char *text, struct error *err)
{
	if (strcmp(text, "json") != 0 && strcmp(text, "table") != 0)
		return error_set(err, "usage", 0, "--format takes table or json, not '%s'", text);
	return set_list_format(request, text, err);
}

/* a number of at most nine digits; -1: it is none */
static long read_count(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits > 0 && digits <= 9 && !text[digits] ? strtol(text, NULL, 10) : -1;
}

static int set_tail(struct request *request, const char *text, struct error *err)
{
	long lines = read_count(text);

	if (lines < 0 && strcmp(text, "all") != 0 && strcmp(text, "-1") != 0)
		return error_set(err, "usage", 0, "--tail takes a number of lines or all, not '%s'",
				 text);
	request->verb.tail = lines < 0 ? UINT64_MAX : (uint64_t)lines;
	return 0;
}

static int set_interval(struct request *request, const char *text, struct error *err)
{
	long seconds = read_count(text);

	if (seconds < 1 || seconds > 86400)
		return error_set(err, "usage", 0, "--interval takes seconds, from 1 on, not '%s'",
				 text);
	request->verb.interval_s = (uint32_t)seconds;
	return 0;
}

static int read_when(const char *option, const char *text, uint64_t *ret_ns, struct error *err)
{
	if (when_parse(text, (uint64_t)time(NULL) * 1000000000, ret_ns) == 0)
		return 0;
	return error_set(err, "usage", 0,
			 "%s takes a time such as 2026-11-22T18:00:00Z, seconds since 1970, or how "
			 "long ago, such as 10m, not '%s'",
			 option, text);
}

static int set_since(struct request *request, const char *text, struct error *err)
{
	return read_when("--since", text, &request->verb.since_ns, err);
}

static int set_until(struct request *request, const char *text, struct error *err)
{
	return read_when("--until", text, &request->verb.until_ns, err);
}

static int set_format(struct request *request, const char *text, struct error *err)
{
	static const char *const names[] = {
		[PLAN_TEXT] = "text", [PLAN_JSON] = "json", [PLAN_OCI] = "oci"
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(text, names[i]) == 0) {
			request->format = (enum plan_format)i;
			return 0;
		}
	}
	return error_set(err, "usage", 0, "--format takes text, json or oci, not '%s'", text);
}

/* --- the table --- */

#define IDENTITY   "Identity"
#define NAMESPACES "Namespaces"
#define FILES      "File system"
#define NAMES      "Names"
#define PROCESS    "Process"
#define SECURITY   "Security"
#define LIFE       "Life"
#define VERB       "Options"
#define CONTROL    "Control"

static const struct option table[] = {
	{ "user", 'u', "UID[:GID]|NAME[:GROUP]", EXEC, IDENTITY,
	  "run the command as this user of the rootfs", set_spec_set_user },
	{ "group-add", 0, "GROUP|keep-groups", BOX, IDENTITY,
	  "one more group, or the caller's own groups", set_spec_add_group },
	{ "uidmap", 0, "INSIDE:OUTSIDE:COUNT", ALL, IDENTITY,
	  "map ids of the host; serves for groups too without --gidmap", set_spec_add_uidmap },
	{ "gidmap", 0, "INSIDE:OUTSIDE:COUNT", ALL, IDENTITY,
	  "map groups of the host; serves for users too without --uidmap", set_spec_add_gidmap },
	{ "userns", 0, "keep-id[:uid=N,gid=N]|nomap|auto[:size=N]|host|ns:PATH|container:NAME", ALL, IDENTITY,
	  "keep your own id, leave it out, have ids that no other container has, or use another user "
	  "namespace", set_spec_set_userns },
	{ "subuidname", 0, "NAME", ALL, IDENTITY, "whose lines of /etc/subuid to map",
	  set_spec_set_subuidname },
	{ "subgidname", 0, "NAME", ALL, IDENTITY, "whose lines of /etc/subgid to map",
	  set_spec_set_subgidname },
	{ "newidmap", 0, "PATH|system|none", ALL, IDENTITY, "which helper writes the id maps",
	  set_spec_set_newidmap },

	{ "pid", 0, "private|host|ns:PATH|container:NAME", BOX, NAMESPACES, "process ids", set_spec_set_pid },
	{ "network", 0, "private|none|host|pasta[:OPT,...]|slirp4netns[:OPT,...]|NAME[:ip=ADDRESS]|ns:PATH|container:NAME", BOX,
	  NAMESPACES, "network (private, the default, gets out by pasta or slirp4netns; none has "
	  "only lo)", set_spec_set_network },
	{ "net", 0, "NETWORK", BOX, NAMESPACES, "the same as --network", set_spec_set_network },
	{ "publish", 'p', "[ADDRESS:][HOST:]PORT[-END][/udp]", BOX, NAMESPACES,
	  "lead a port of the host into the container", set_spec_add_published },
	{ "publish-all", 'P', NULL, BOX, NAMESPACES,
	  "publish every port of --expose on a free port of the host", switch_publish_all },
	{ "expose", 0, "PORT[-END][/udp]", BOX, NAMESPACES,
	  "a port on which the command listens, for --publish-all", set_spec_add_exposed },
	{ "ipc", 0, "private|host|ns:PATH|container:NAME", BOX, NAMESPACES, "shared memory and message queues",
	  set_spec_set_ipc },
	{ "uts", 0, "private|host|ns:PATH|container:NAME", BOX, NAMESPACES, "host name", set_spec_set_uts },
	{ "cgroupns", 0, "private|host|ns:PATH|container:NAME", BOX, NAMESPACES, "view of the cgroups",
	  set_spec_set_cgroupns },

	{ "volume", 'v', "SOURCE:DESTINATION[:OPTIONS]", BOX, FILES,
	  "bind a file or directory; options ro rw rbind bind nosuid nodev noexec O U rslave "
	  "rprivate",
	  set_spec_add_volume },
	{ "mount", 0, "type=TYPE,...", BOX, FILES,
	  "mount bind, tmpfs, overlay, mqueue, devpts, proc, sysfs or cgroup2", set_spec_add_mount },
	{ "tmpfs", 0, "DESTINATION[:OPTIONS]", BOX, FILES, "an empty tmpfs", set_spec_add_tmpfs },
	{ "device", 0, "/dev/NAME[:/PATH][:rwm]", BOX, FILES, "a device of the host",
	  set_spec_add_device },
	{ "read-only", 0, NULL, BOX, FILES, "make the root read-only", switch_read_only },
	{ "read-only-tmpfs", 0, NULL, BOX, FILES,
	  "with --read-only: keep /run, /tmp, /var/tmp and /dev writable (on; =false)",
	  switch_read_only_tmpfs },
	{ "rootfs-overlay", 0, "DIR", BOX, FILES,
	  "keep all changes below DIR and leave ROOTFS as it is (ROOTFS:O throws them away)",
	  set_spec_set_rootfs_overlay },
	{ "shm-size", 0, "SIZE", BOX, FILES, "size of /dev/shm (64m)", set_spec_set_shm_size },

	{ "hostname", 'h', "NAME", BOX, NAMES, "host name", set_spec_set_hostname },
	{ "no-hostname", 0, NULL, BOX, NAMES, "leave the rootfs's /etc/hostname alone",
	  switch_no_hostname },
	{ "no-hosts", 0, NULL, BOX, NAMES, "leave the rootfs's /etc/hosts alone", switch_no_hosts },
	{ "add-host", 0, "NAME:ADDRESS", BOX, NAMES, "one more line for /etc/hosts",
	  set_spec_add_host },
	{ "dns", 0, "ADDRESS", BOX, NAMES, "name server", set_spec_add_dns },
	{ "dns-search", 0, "DOMAIN", BOX, NAMES, "search domain", set_spec_add_dns_search },
	{ "dns-option", 0, "OPTION", BOX, NAMES, "option of resolv.conf", set_spec_add_dns_option },
	{ "tz", 0, "ZONE|local", BOX, NAMES, "time zone", set_spec_set_timezone },

	{ "interactive", 'i', NULL, EXEC | SCOPE_START, PROCESS,
	  "read the terminal even when the output goes into a pipe", switch_interactive },
	{ "tty", 't', NULL, EXEC, PROCESS,
	  "a terminal of its own (on where stdin and stdout are terminals; =false)", switch_tty },
	{ "workdir", 'w', "DIR", EXEC, PROCESS, "working directory (/)", set_spec_set_workdir },
	{ "env", 'e', "NAME[=VALUE]", EACH, PROCESS, "set or pass on a variable", set_spec_add_env },
	{ "env-file", 0, "FILE", EACH, PROCESS, "read variables from a file", add_env_file },
	{ "env-host", 0, NULL, BOX, PROCESS, "pass on all variables", switch_env_host },
	{ "unsetenv", 0, "NAME", ALL, PROCESS, "remove a variable", set_spec_add_unsetenv },
	{ "unsetenv-all", 0, NULL, BOX, PROCESS, "set no variable by default",
	  switch_unset_env_all },
	{ "entrypoint", 0, "COMMAND", BOX, PROCESS, "run COMMAND with the given arguments",
	  set_spec_set_entrypoint },
	{ "init", 0, NULL, BOX, PROCESS, "a pid 1 that forwards signals and reaps", switch_init },
	{ "umask", 0, "MASK", BOX, PROCESS, "file mode mask (0022)", set_spec_set_umask },
	{ "ulimit", 0, "NAME=SOFT[:HARD]", ALL, PROCESS, "resource limit", set_spec_add_ulimit },
	{ "sysctl", 0, "KEY=VALUE", BOX, PROCESS, "sysctl of the container's own namespaces",
	  set_spec_add_sysctl },
	{ "preserve-fds", 0, "N", EACH, PROCESS, "pass on descriptors 3 to 2+N",
	  set_spec_set_preserve_fds },
	{ "oom-score-adj", 0, "N", BOX, PROCESS, "who is killed first when memory is short",
	  set_spec_set_oom_score_adj },

	{ "cap-add", 0, "CAPABILITY|ALL", BOX, SECURITY, "give a capability",
	  set_spec_add_capability },
	{ "cap-drop", 0, "CAPABILITY|ALL", BOX, SECURITY, "take a capability away",
	  set_spec_drop_capability },
	{ "security-opt", 0, "OPTION", BOX, SECURITY,
	  "no-new-privileges[=false], seccomp=FILE|unconfined, mask=PATHS, unmask=ALL|PATHS, "
	  "apparmor=PROFILE, label=disable, nested, landlock=ro:PATH,rw:PATH",
	  set_spec_add_security_opt },
	{ "fakeroot", 0, NULL, BOX, SECURITY,
	  "without subordinate ids: answer changes of owner and identity as done", switch_fakeroot },
	{ "privileged", 0, NULL, EXEC, SECURITY,
	  "all that the user namespace can give; nothing of the host", switch_privileged },

	{ "name", 0, "NAME", KEPT, LIFE, "keep it under this name", set_spec_set_name },
	{ "detach", 'd', NULL, SCOPE_RUN | SCOPE_EXEC, LIFE,
	  "let it run in the background, and print its id", switch_detach },
	{ "replace", 0, NULL, KEPT, LIFE, "remove a container of the same name before",
	  switch_replace },
	{ "restart", 0, "no|on-failure[:TIMES]|always", KEPT, LIFE,
	  "start it again when it has ended", set_spec_set_restart },
	{ "stop-signal", 0, "SIGNAL", KEPT, LIFE, "what 'nsrun stop' sends (TERM)",
	  set_spec_set_stop_signal },
	{ "stop-timeout", 0, "SECONDS", KEPT, LIFE, "how long 'nsrun stop' waits (10)",
	  set_spec_set_stop_timeout },
	{ "label", 'l', "KEY=VALUE", KEPT, LIFE, "a note, to be found by", set_spec_add_label },
	{ "cidfile", 0, "FILE", KEPT, LIFE, "write the container's id", set_spec_set_cidfile },
	{ "log-driver", 0, "k8s-file|none", KEPT, LIFE, "where its output is kept",
	  set_spec_set_log_driver },
	{ "log-opt", 0, "max-size=SIZE|max-file=COUNT", KEPT, LIFE,
	  "how much of it (8m, in 2 files)", set_spec_set_log_opt },
	{ "detach-keys", 0, "KEYS", KEPT | SCOPE_ATTACH | SCOPE_START, LIFE,
	  "what leaves its terminal (ctrl-p,ctrl-q; an empty text: nothing)",
	  set_spec_set_detach_keys },

	{ "attach", 'a', NULL, SCOPE_START, VERB, "stay, with its output and its exit status",
	  switch_attach },
	{ "no-stdin", 0, NULL, SCOPE_ATTACH, VERB, "do not pass standard input on",
	  switch_no_input },
	{ "all", 'a', NULL, SCOPE_PS | SCOPE_STOP | SCOPE_KILL | SCOPE_RM | SCOPE_PAUSE, VERB,
	  "every container, also those that do not run", switch_all },
	{ "force", 'f', NULL, SCOPE_RM, VERB, "one that runs, too", switch_force },
	{ "force", 'f', NULL, SCOPE_PRUNE, VERB, "do not ask", switch_force },
	{ "follow", 'f', NULL, SCOPE_LOGS, VERB, "go on until the container ends", switch_follow },
	{ "tail", 0, "LINES|all", SCOPE_LOGS, VERB, "only the last lines", set_tail },
	{ "since", 0, "TIME", SCOPE_LOGS, VERB,
	  "only what is not older; 2026-11-22T18:00:00Z, seconds since 1970, or 10m for ten "
	  "minutes ago",
	  set_since },
	{ "until", 0, "TIME", SCOPE_LOGS, VERB, "only what is older", set_until },
	{ "timestamps", 't', NULL, SCOPE_LOGS, VERB, "the time before each line",
	  switch_timestamps },
	{ "ignore", 0, NULL, SCOPE_RM | SCOPE_STOP, VERB, "a container that is not there is no error",
	  switch_ignore },
	{ "time", 't', "SECONDS", SCOPE_STOP | SCOPE_RM, VERB,
	  "how long to wait before it is killed", set_time },
	{ "signal", 's', "SIGNAL", SCOPE_KILL, VERB, "what to send (KILL)", set_signal },
	{ "filter", 0, "KEY=VALUE", SCOPE_PS | SCOPE_PRUNE, VERB,
	  "only those with this status, name, id, label, exited, or made before until", add_filter },
	{ "format", 0, "table|json|TEMPLATE", SCOPE_PS, VERB,
	  "how they are printed; '{{.Names}} {{.Status}}' or 'table {{.Names}}' choose",
	  set_list_format },
	{ "format", 'f', "json|TEMPLATE", SCOPE_INSPECT, VERB,
	  "all, or what '{{.State.Status}}' and the like name", set_inspect_format },
	{ "format", 0, "table|json", SCOPE_STATS, VERB, "how they are printed", set_stats_format },
	{ "no-stream", 0, NULL, SCOPE_STATS, VERB, "once", switch_no_stream },
	{ "interval", 'i', "SECONDS", SCOPE_STATS, VERB, "how often (5)", set_interval },
	{ "no-trunc", 0, NULL, SCOPE_PS | SCOPE_STATS, VERB, "whole ids and commands",
	  switch_no_trunc },
	{ "subnet", 0, "NETWORK", SCOPE_NETWORK, VERB,
	  "with create: its addresses, such as 10.1.2.0/24 (one that is free)", set_subnet },
	{ "internal", 0, NULL, SCOPE_NETWORK, VERB, "with create: nothing leads out of it",
	  switch_internal },
	{ "ipv6", 0, NULL, SCOPE_NETWORK, VERB, "with create: as always, with IPv6 addresses, too",
	  switch_ipv6 },

	{ "pidfile", 0, "FILE", BOX, CONTROL, "write the host's pid of the container's first process",
	  set_spec_set_pidfile },
	{ "timeout", 0, "SECONDS", BOX, CONTROL, "kill the container after that time",
	  set_spec_set_timeout },
	{ "sig-proxy", 0, NULL, BOX | SCOPE_START | SCOPE_ATTACH, CONTROL, "pass signals on to the command (on; =false)",
	  switch_sig_proxy },
	{ "strict", 0, NULL, ALL, CONTROL, "fail where something weaker would be used",
	  switch_strict },
	{ "quiet", 'q', NULL, SCOPE_PS, VERB, "ids only", switch_quiet },
	{ "quiet", 'q', NULL, EACH, CONTROL, "do not say what weaker way is used", switch_quiet },
	{ "list", 0, NULL, SCOPE_BOX, VERB, "the boxes there are", switch_list },
	{ "rm", 0, NULL, SCOPE_BOX, VERB, "end and forget boxes; rootfs and home stay",
	  switch_remove_box },
	{ "rm", 0, NULL, KEPT, LIFE, "remove it when it has ended", switch_remove },
	{ "format", 0, "text|json|oci", PLAN, CONTROL, "how the plan is printed", set_format },
	{ "help", 0, NULL, ~0U, CONTROL, "print this help", switch_help },
	{ 0 },
};

const struct option *options_table(void)
{
	return table;
}

static const struct scope_name scopes[] = {
	{ "run", SCOPE_RUN },
	{ "plan", SCOPE_PLAN },
	{ "unshare", SCOPE_UNSHARE },
	{ "create", SCOPE_CREATE },
	{ "start", SCOPE_START },
	{ "exec", SCOPE_EXEC },
	{ "attach", SCOPE_ATTACH },
	{ "ps", SCOPE_PS },
	{ "stop", SCOPE_STOP },
	{ "restart", SCOPE_STOP },
	{ "kill", SCOPE_KILL },
	{ "wait", SCOPE_WAIT },
	{ "rm", SCOPE_RM },
	{ "pause", SCOPE_PAUSE },
	{ "unpause", SCOPE_PAUSE },
	{ "cp", SCOPE_CP },
	{ "rename", SCOPE_RENAME },
	{ "network", SCOPE_NETWORK },
	{ "box", SCOPE_BOX },
	{ "logs", SCOPE_LOGS },
	{ "inspect", SCOPE_INSPECT },
	{ "top", SCOPE_TOP },
	{ "stats", SCOPE_STATS },
	{ "port", SCOPE_PORT },
	{ "prune", SCOPE_PRUNE },
	{ 0 },
};

const struct scope_name *options_scopes(void)
{
	return scopes;
}
