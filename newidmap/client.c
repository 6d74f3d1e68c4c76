// SPDX-License-Identifier: Apache-2.0
/* How nsrun has id maps written that it may not write itself. Runs in: supervisor. */
#include "newidmap/client.h"

#include "base/decimal.h"
#include "base/fd.h"
#include "sys/program.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define HELPER_TIMEOUT_MS 10000

/* a helper is of use only if exec gives it privilege: setuid root, or file capabilities */
static int check_privilege(const char *path, struct error *why)
{
	struct stat st;
	struct statvfs fs;
	char capabilities[64];

	if (stat(path, &st) < 0 || access(path, X_OK) < 0)
		return error_set(why, "newidmap-missing", errno, "'%s' cannot be executed", path);
	if (!(st.st_uid == 0 && st.st_mode & S_ISUID) &&
	    getxattr(path, "security.capability", capabilities, sizeof(capabilities)) < 0) {
		error_set(why, "newidmap-no-privilege", 0,
			  "'%s' is neither setuid root nor does it have file capabilities", path);
		return error_set_arg(why, "%s", path);
	}
	if (statvfs(path, &fs) == 0 && fs.f_flag & ST_NOSUID)
		return error_set(why, "newidmap-nosuid", 0,
				 "'%s' is on a file system that is mounted nosuid", path);
	return 0;
}

static int find_system(struct newidmap *ret)
{
	if (program_find("newuidmap", ret->path, sizeof(ret->path)) < 0 ||
	    program_find("newgidmap", ret->gid_path, sizeof(ret->gid_path)) < 0)
		return error_set(&ret->why, "newidmap-missing", 0,
				 "newuidmap and newgidmap are not installed");
	if (check_privilege(ret->path, &ret->why) < 0 ||
	    check_privilege(ret->gid_path, &ret->why) < 0)
		return -1;
	ret->kind = NEWIDMAP_SYSTEM;
	return 0;
}

static int find_own(const char *path, struct newidmap *ret)
{
	if (snprintf(ret->path, sizeof(ret->path), "%s", path) >= (int)sizeof(ret->path))
		return error_set(&ret->why, "newidmap-path", 0,
				 "the path of the id helper is too long: '%.80s...'", path);
	if (check_privilege(ret->path, &ret->why) < 0)
		return -1;
	ret->kind = NEWIDMAP_OWN;
	return 0;
}

/* at the configured place; else beside this program, as an unpacked or a built one has it */
static int find_own_somewhere(struct newidmap *ret)
{
	static const char *const beside[] = { "nsrun-newidmap", "newidmap/nsrun-newidmap",
					      "../libexec/nsrun/nsrun-newidmap" };
	char self[200], path[256], *slash;

	if (find_own(NEWIDMAP_DEFAULT, ret) == 0)
		return 0;
	slash = program_self(self, sizeof(self)) < 0 ? NULL : strrchr(self, '/');
	if (!slash)
		return -1;
	slash[1] = '\0';
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", self, beside[i]);
		if (find_own(path, ret) == 0)
			return 0;
	}
	return -1;
}

void newidmap_find(const char *choice, struct newidmap *ret)
{
	bool system_only = strcmp(NEWIDMAP_DEFAULT, "system") == 0;

	*ret = (struct newidmap){ .kind = NEWIDMAP_NONE };
	if (choice && strcmp(choice, "none") == 0) {
		error_set(&ret->why, "newidmap-off", 0, "--newidmap=none was asked for");
		return;
	}
	/* execve(2) gives nobody privilege then (PR_SET_NO_NEW_PRIVS) */
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) {
		error_set(&ret->why, "newidmap-no-new-privs", 0,
			  "nsrun itself runs under no_new_privs, which takes every helper's "
			  "privilege away");
		return;
	}
	if (choice && strcmp(choice, "system") != 0)
		find_own(choice, ret);
	else if (choice || system_only || find_own_somewhere(ret) < 0)
		find_system(ret);
}

/* an argument vector; numbers and pointers live in one fixed table */
#define TRIPLES_MAX (2 * 340)

struct arguments {
	size_t n;
	size_t used;
	const char *argv[5 + 3 * TRIPLES_MAX + 1];
	char numbers[3 * TRIPLES_MAX + 1][DECIMAL_U32_SIZE];
};

static void add_number(struct arguments *arguments, uint32_t value)
{
	char *text = arguments->numbers[arguments->used++];

	decimal_u32(text, value);
	arguments->argv[arguments->n++] = text;
}

static void add_maps(struct arguments *arguments, const nsrun_idmaps *maps)
{
	for (size_t i = 0; i < maps->n; i++) {
		add_number(arguments, maps->v[i].inside);
		add_number(arguments, maps->v[i].outside);
		add_number(arguments, maps->v[i].count);
	}
}

static int start(struct newidmap_job *job, size_t slot, struct arguments *arguments,
		 struct error *err)
{
	const char *path = arguments->argv[0];

	arguments->argv[arguments->n] = NULL;
	job->names[slot] = path;
	job->pids[slot] = program_start(arguments->argv, STDERR_FILENO, &job->outputs[slot]);
	if (job->pids[slot] > 0)
		return 0;
	job->pids[slot] = 0;
	return error_set(err, "newidmap-start", errno, "cannot start the id helper '%s'", path);
}

/* newuidmap and newgidmap: TARGET INSIDE OUTSIDE COUNT... */
static int start_shadow(const char *path, const nsrun_idmaps *maps, size_t slot,
			struct newidmap_job *job, struct error *err)
{
	static struct arguments arguments; /* large, and used up before the next one */

	arguments.n = arguments.used = 0;
	arguments.argv[arguments.n++] = path;
	add_number(&arguments, (uint32_t)job->target);
	add_maps(&arguments, maps);
	return start(job, slot, &arguments, err);
}

/* nsrun-newidmap --report-fd=2 TARGET -u INSIDE OUTSIDE COUNT... -g INSIDE OUTSIDE COUNT... */
static int start_own(const char *path, struct newidmap_job *job, struct error *err)
{
	static struct arguments arguments;

	arguments.n = arguments.used = 0;
	arguments.argv[arguments.n++] = path;
	arguments.argv[arguments.n++] = "--report-fd=2";
	add_number(&arguments, (uint32_t)job->target);
	arguments.argv[arguments.n++] = "-u";
	add_maps(&arguments, job->uids);
	arguments.argv[arguments.n++] = "-g";
	add_maps(&arguments, job->gids);
	return start(job, 0, &arguments, err);
}

int newidmap_start(const struct newidmap *newidmap, pid_t pid, const nsrun_idmaps *uids,
		   const nsrun_idmaps *gids, struct newidmap_job *job, struct error *err)
{
	job->kind = newidmap->kind;
	job->target = pid;
	job->uids = uids;
	job->gids = gids;
	if (newidmap->kind == NEWIDMAP_OWN)
		return start_own(newidmap->path, job, err);
	if (start_shadow(newidmap->path, uids, 0, job, err) < 0)
		return -1;
	return start_shadow(newidmap->gid_path, gids, 1, job, err);
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * Everything that a helper says until it ends, printable. It has the only other end of the pipe,
 * so that end of file comes with its end; -1 when that does not come in time.
 */
static int read_complaint(int fd, char *text, size_t size)
{
	long deadline = now_ms() + HELPER_TIMEOUT_MS;
	size_t have = 0;

	for (;;) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		long left = deadline - now_ms();
		char spill[256];
		bool full = have + 1 >= size;
		ssize_t n;

		if (left <= 0 || (poll(&wait, 1, (int)left) == 0))
			return -1;
		n = read(fd, full ? spill : text + have, full ? sizeof(spill) : size - 1 - have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		have += full ? 0 : (size_t)n;
	}
	text[have] = '\0';
	for (char *at = text; *at; at++)
		if (*at != '\n' && ((unsigned char)*at < 0x20 || (unsigned char)*at > 0x7e))
			*at = '?';
	return 0;
}

/* our own helper's second line is "identifier" or "identifier TRIPLE" */
static void take_reason(char *said, char *ret_id, size_t size)
{
	char *line = strchr(said, '\n');

	snprintf(ret_id, size, "newidmap-failed");
	if (!line)
		return;
	*line++ = '\0';
	line[strcspn(line, " \n")] = '\0';
	if (*line)
		snprintf(ret_id, size, "newidmap-%.*s", (int)size - 10, line);
}

/* 1: it has ended; 0: only the end of what it says can tell (no pidfd_open(2) here); -1: not in time */
static int await_end(pid_t pid)
{
	auto_close int pidfd = pidfd_open(pid, 0);
	struct pollfd wait = { .fd = pidfd, .events = POLLIN };
	int n;

	if (pidfd < 0)
		return 0;
	do
		n = poll(&wait, 1, HELPER_TIMEOUT_MS);
	while (n < 0 && errno == EINTR);
	return n == 0 ? -1 : n > 0;
}

/*
 * What it said is read when it failed. The end of its pipe comes before its own: to wait for that would be to
 * be woken twice.
 */
static int await_helper(struct newidmap_job *job, size_t slot, char *ret_said, size_t size, int *ret_status)
{
	int ended = await_end(job->pids[slot]);

	if (ended < 0 || (ended == 0 && read_complaint(job->outputs[slot], ret_said, size) < 0))
		return -1;
	*ret_status = program_wait(job->pids[slot]);
	job->pids[slot] = 0;
	if (*ret_status == 0 || ended == 0)
		return 0;
	return read_complaint(job->outputs[slot], ret_said, size);
}

static int finish_one(struct newidmap_job *job, size_t slot, struct error *err)
{
	const char *name = job->names[slot];
	char said[400], id[40] = "newidmap-failed";
	int status;

	if (job->pids[slot] == 0)
		return 0;
	if (await_helper(job, slot, said, sizeof(said), &status) < 0)
		return error_set(err, "newidmap-hangs", 0,
				 "the id helper '%s' did not end within %d s", name,
				 HELPER_TIMEOUT_MS / 1000);
	if (status == 0)
		return 0;
	if (job->kind == NEWIDMAP_OWN)
		take_reason(said, id, sizeof(id));
	said[strcspn(said, "\n")] = '\0';
	error_set(err, id, 0, "the id helper '%s' failed: %s", name,
		  *said ? said : "it said nothing");
	return error_set_arg(err, "%s", name);
}

/* reasons that come from our helper's knowing files only */
static bool shadow_may_know(const struct error *err)
{
	static const char *const reasons[] = { "newidmap-account-unknown",
					       "newidmap-account-group-differs",
					       "newidmap-account-file-unsafe",
					       "newidmap-subid-nss" };

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strcmp(err->id, reasons[i]) == 0)
			return true;
	return false;
}

static int finish_all(struct newidmap_job *job, struct error *err)
{
	int result = 0;

	for (size_t i = 0; i < 2 && result == 0; i++)
		result = finish_one(job, i, err);
	newidmap_cancel(job);
	return result;
}

int newidmap_finish(struct newidmap_job *job, struct error *err)
{
	struct newidmap shadow;
	struct error unused;
	int result = finish_all(job, err);

	if (result == 0 || job->kind != NEWIDMAP_OWN || !shadow_may_know(err))
		return result;
	newidmap_find("system", &shadow);
	if (shadow.kind != NEWIDMAP_SYSTEM ||
	    newidmap_start(&shadow, job->target, job->uids, job->gids, job, &unused) < 0) {
		newidmap_cancel(job);
		return -1; /* our own helper's reason is the better one */
	}
	return finish_all(job, err);
}

void newidmap_cancel(struct newidmap_job *job)
{
	for (size_t i = 0; i < 2; i++) {
		if (job->pids[i] > 0) {
			kill(job->pids[i], SIGKILL); /* setuid: may be refused; it ends by itself */
			program_wait(job->pids[i]);
			job->pids[i] = 0;
		}
		fd_close(take_fd(&job->outputs[i]));
	}
}
