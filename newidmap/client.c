// SPDX-License-Identifier: Apache-2.0
/* How nsrun has id maps written that it may not write itself. Runs in: supervisor. */
#include "newidmap/client.h"

#include "base/fd.h"
#include "sys/program.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

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
		return error_set(&ret->why, "newidmap-missing", 0, "'%s' is too long", path);
	if (check_privilege(ret->path, &ret->why) < 0)
		return -1;
	ret->kind = NEWIDMAP_OWN;
	return 0;
}

void newidmap_find(const char *choice, struct newidmap *ret)
{
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
	else
		find_system(ret);
}

/* TARGET INSIDE OUTSIDE COUNT...; numbers and pointers live in one fixed table */
struct arguments {
	const char *argv[2 + 3 * 340 + 1];
	char numbers[3 * 340 + 1][12];
	size_t n;
	size_t used;
};

static void add_number(struct arguments *arguments, uint32_t value)
{
	char *text = arguments->numbers[arguments->used++];

	snprintf(text, sizeof(arguments->numbers[0]), "%u", value);
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

static int start(const char *path, pid_t pid, const nsrun_idmaps *maps, struct newidmap_job *job,
		 size_t slot, struct error *err)
{
	struct arguments arguments = { .n = 0 };

	arguments.argv[arguments.n++] = path;
	add_number(&arguments, (uint32_t)pid);
	add_maps(&arguments, maps);
	arguments.argv[arguments.n] = NULL;
	job->names[slot] = path;
	job->pids[slot] = program_start(arguments.argv, 2, &job->outputs[slot]);
	if (job->pids[slot] > 0)
		return 0;
	job->pids[slot] = 0;
	return error_set(err, "newidmap-start", errno, "cannot start the id helper '%s'", path);
}

int newidmap_start(const struct newidmap *newidmap, pid_t pid, const nsrun_idmaps *uids,
		   const nsrun_idmaps *gids, struct newidmap_job *job, struct error *err)
{
	if (start(newidmap->path, pid, uids, job, 0, err) < 0)
		return -1;
	return start(newidmap->gid_path, pid, gids, job, 1, err);
}

/* the first line that a helper said, printable */
static void read_complaint(int fd, char *text, size_t size)
{
	ssize_t n = fd_read_full(fd, text, size - 1);

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	for (char *at = text; *at; at++)
		if ((unsigned char)*at < 0x20 || (unsigned char)*at > 0x7e)
			*at = '?';
}

static int finish_one(struct newidmap_job *job, size_t slot, struct error *err)
{
	char said[200];
	int status;

	if (job->pids[slot] == 0)
		return 0;
	status = program_wait(job->pids[slot]);
	job->pids[slot] = 0;
	if (status == 0)
		return 0;
	read_complaint(job->outputs[slot], said, sizeof(said));
	return error_set(err, "newidmap-failed", 0, "the id helper '%s' failed: %s",
			 job->names[slot], *said ? said : "it said nothing");
}

int newidmap_finish(struct newidmap_job *job, struct error *err)
{
	int result = 0;

	for (size_t i = 0; i < 2 && result == 0; i++)
		result = finish_one(job, i, err);
	newidmap_cancel(job);
	return result;
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
