// SPDX-License-Identifier: Apache-2.0
/* Defaults, and the setters of namespaces and names. Pure. Runs in: supervisor. */
#include "nsrun/spec.h"

#include "base/arena.h"
#include "base/path.h"
#include "config/spec_text.h"
#include "nsrun/container.h"

#include <signal.h>
#include <string.h>
#include <sys/mount.h>

#define STOP_TIMEOUT_DEFAULT_S 10 /* docker and podman */

/* a log lies beside the state, in memory where that is a tmpfs: bounded, unlike podman's */
#define LOG_MAX_BYTES_DEFAULT ((uint64_t)8 << 20)
#define LOG_MAX_FILES_DEFAULT 2

#define SHM_SIZE_DEFAULT ((uint64_t)64 << 20) /* docker and podman */

void spec_init(struct spec *spec, struct arena *arena, enum spec_action action)
{
	*spec = (struct spec){
		.arena = arena,
		.action = action,
		.read_only_tmpfs = true,
		.keep_id_uid = ID_NONE,
		.keep_id_gid = ID_NONE,
		.auto_ids = { .uid = ID_NONE, .gid = ID_NONE },
		.user = { .uid = ID_NONE, .gid = ID_NONE },
		.shm_size_bytes = SHM_SIZE_DEFAULT,
		.umask = 0022,
		.sig_proxy = true,
		.no_new_privs = true,
		.life = { .stop_signal = SIGTERM,
			  .stop_timeout_s = STOP_TIMEOUT_DEFAULT_S,
			  .log_max_bytes = LOG_MAX_BYTES_DEFAULT,
			  .log_max_files = LOG_MAX_FILES_DEFAULT },
		.container_pidfd = -1,
	};
}

int spec_set_rootfs(struct spec *spec, const char *text, struct error *err)
{
	size_t length = strlen(text);

	if (length == 0)
		return error_set(err, "usage", 0, "the root file system is an empty name");
	if (length > 2 && strcmp(text + length - 2, ":O") == 0) {
		spec->rootfs_overlay = true;
		length -= 2;
	}
	spec->rootfs = arena_strndup(spec->arena, text, length);
	return 0;
}

int spec_set_rootfs_overlay(struct spec *spec, const char *text, struct error *err)
{
	return text_set_path(spec, &spec->rootfs_overlay_dir, "--rootfs-overlay", text, err);
}

/* a container is looked up when all is known, by container_prepare() */
bool spec_join(struct spec *spec, struct ns_choice *choice, const char *text)
{
	static const char container[] = "container:";
	size_t length = strlen(container);
	struct error unused;

	if (strncmp(text, "ns:", 3) == 0 && text[3]) {
		*choice = (struct ns_choice){ .mode = NS_JOIN,
					      .path = arena_strdup(spec->arena, text + 3) };
		return true;
	}
	if (strncmp(text, container, length) != 0 ||
	    container_name_check(text + length, &unused) < 0)
		return false;
	*choice = (struct ns_choice){ .mode = NS_JOIN,
				      .container = arena_strdup(spec->arena, text + length) };
	return true;
}

/* private | host | ns:PATH | container:NAME, as podman spells them */
static int set_namespace(struct spec *spec, enum ns_kind kind, const char *option,
			 const char *text, struct error *err)
{
	struct ns_choice *choice = &spec->ns[kind];

	if (spec_join(spec, choice, text))
		return 0;
	if (strcmp(text, "private") == 0) {
		*choice = (struct ns_choice){ .mode = NS_PRIVATE };
	} else if (strcmp(text, "host") == 0) {
		*choice = (struct ns_choice){ .mode = NS_HOST };
	} else {
		return error_set(err, "usage", 0,
				 "%s takes private, host, ns:PATH or container:NAME, not '%s'", option,
				 text);
	}
	return 0;
}

int spec_set_pid(struct spec *spec, const char *text, struct error *err)
{
	return set_namespace(spec, NS_PID, "--pid", text, err);
}

int spec_set_ipc(struct spec *spec, const char *text, struct error *err)
{
	return set_namespace(spec, NS_IPC, "--ipc", text, err);
}

int spec_set_uts(struct spec *spec, const char *text, struct error *err)
{
	return set_namespace(spec, NS_UTS, "--uts", text, err);
}

int spec_set_cgroupns(struct spec *spec, const char *text, struct error *err)
{
	return set_namespace(spec, NS_CGROUP, "--cgroupns", text, err);
}

int spec_set_hostname(struct spec *spec, const char *text, struct error *err)
{
	if (!text_is_host_name(text) || strlen(text) > 64)
		return error_set(err, "usage", 0,
				 "'%s' is not a host name: letters, digits, '-' and '.', at most 64",
				 text);
	spec->hostname = arena_strdup(spec->arena, text);
	return 0;
}

int spec_add_host(struct spec *spec, const char *text, struct error *err)
{
	const char *colon = strchr(text, ':');
	struct host_entry *entry;
	char *name;

	if (!colon)
		return error_set(err, "usage", 0, "--add-host takes NAME:ADDRESS, not '%s'", text);
	name = arena_strndup(spec->arena, text, (size_t)(colon - text));
	if (!text_is_host_name(name) || !text_is_address(colon + 1))
		return error_set(err, "usage", 0, "--add-host takes NAME:ADDRESS, not '%s'", text);
	entry = array_push(spec->arena, &spec->add_hosts);
	*entry = (struct host_entry){ name, arena_strdup(spec->arena, colon + 1) };
	return 0;
}

int spec_add_dns(struct spec *spec, const char *text, struct error *err)
{
	if (!text_is_address(text))
		return error_set(err, "usage", 0, "--dns takes an IP address, not '%s'", text);
	*array_push(spec->arena, &spec->dns) = arena_strdup(spec->arena, text);
	return 0;
}

int spec_add_dns_search(struct spec *spec, const char *text, struct error *err)
{
	if (!text_is_host_name(text) && strcmp(text, ".") != 0)
		return error_set(err, "usage", 0, "--dns-search takes a domain, not '%s'", text);
	*array_push(spec->arena, &spec->dns_search) = arena_strdup(spec->arena, text);
	return 0;
}

int spec_add_dns_option(struct spec *spec, const char *text, struct error *err)
{
	if (!*text || text[strcspn(text, " \t\n#;")])
		return error_set(err, "usage", 0, "--dns-option takes one word, not '%s'", text);
	*array_push(spec->arena, &spec->dns_options) = arena_strdup(spec->arena, text);
	return 0;
}

int spec_set_timezone(struct spec *spec, const char *text, struct error *err)
{
	static const char localtime[] = "/etc/localtime";
	struct mount *mount = NULL;
	const char *source;

	if (!*text || text[0] == '/' || strstr(text, ".."))
		return error_set(err, "usage", 0,
				 "--tz takes a zone such as Europe/Paris or 'local', not '%s'", text);
	source = strcmp(text, "local") == 0 ?
			 localtime : arena_printf(spec->arena, "/usr/share/zoneinfo/%s", text);
	for (size_t i = 0; i < spec->mounts.n && !mount; i++)
		if (strcmp(spec->mounts.v[i].destination, localtime) == 0)
			mount = &spec->mounts.v[i];
	if (!mount)
		mount = array_push(spec->arena, &spec->mounts);
	*mount = (struct mount){
		.type = MOUNT_BIND,
		.source = source,
		.destination = localtime,
		.set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOEXEC,
	};
	return 0;
}
