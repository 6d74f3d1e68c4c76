// SPDX-License-Identifier: Apache-2.0
/* nsrun box: a sandbox that stays, made on its first use, entered as its user. */
#include "command.h"
#include "command_create.h"
#include "report.h"
#include "table.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/**
 * struct visit - One use of a box
 * @options:  words before the name, @n_options of them
 * @operands: the name, and what follows
 * @box:      what it is made of, if @known
 * @command:  what is to be run: none is a shell
 */
struct visit {
	struct arena *arena;
	const char *const *options;
	size_t n_options;
	const char *const *operands;
	struct box box;
	bool known;
	const char *const *command;
	bool quiet;
};

/* --- what it is made of --- */

/* -1: no directory */
static int look_at_rootfs(const char *text, struct stat *ret)
{
	size_t length = strlen(text);
	char path[4096];

	/* ROOTFS:O throws its changes away */
	if (length > 2 && strcmp(text + length - 2, ":O") == 0)
		length -= 2;
	if ((size_t)snprintf(path, sizeof(path), "%.*s", (int)length, text) >= sizeof(path))
		return -1;
	return stat(path, ret) == 0 && S_ISDIR(ret->st_mode) ? 0 : -1;
}

/*
 * The line that made a box may be given again, also by two at once: the first word after the name
 * is its ROOTFS then. Another directory is a mistake and no command.
 */
static int skip_rootfs(struct visit *visit, struct error *err)
{
	const char *word = visit->operands[1];
	struct stat given, own;

	visit->command = visit->operands + 1;
	if (!word || look_at_rootfs(word, &given) < 0)
		return 0;
	if (look_at_rootfs(visit->box.rootfs, &own) == 0 && given.st_dev == own.st_dev &&
	    given.st_ino == own.st_ino) {
		visit->command++;
		return 0;
	}
	if (!strchr(word, '/'))
		return 0;
	error_set(err, "box-made", 0, "the box '%s' has the root file system '%s', and not '%s'",
		  visit->box.name, visit->box.rootfs, word);
	return error_set_arg(err, "%s", visit->box.name);
}

static int find(struct visit *visit, struct error *err)
{
	int found = box_find(visit->arena, visit->operands[0], &visit->box, err);

	visit->known = found > 0;
	return found > 0 ? skip_rootfs(visit, err) : found;
}

static int describe(struct visit *visit, struct error *err)
{
	const char *cwd = getcwd(NULL, 0);

	if (!visit->operands[1]) {
		error_set(err, "box-unknown", 0,
			  "there is no box '%s', and no ROOTFS to make it from",
			  visit->operands[0]);
		return error_set_arg(err, "%s", visit->operands[0]);
	}
	visit->box = (struct box){ .name = visit->operands[0],
				   .rootfs = visit->operands[1],
				   .cwd = cwd ? cwd : "/",
				   .argv = { .v = (const char **)visit->options,
					     .n = visit->n_options } };
	visit->command = visit->operands + 2;
	box_locate(visit->arena, &visit->box);
	return 0;
}

/* --- making and starting it --- */

/* where it was made, for paths that are relative; @ret_here leads back */
static void go_where_made(const char *cwd, int *ret_here)
{
	*ret_here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (chdir(cwd) < 0 && chdir("/") < 0)
		return; /* what is relative will not be found, and that is said */
}

static int go_back(int here, struct error *err)
{
	int result = here < 0 ? 0 : fchdir(here);

	if (here >= 0)
		close(here);
	return result < 0
		       ? error_set(err, "container-cwd", 0, "cannot go back to the own directory")
		       : 0;
}

/* what a container of it is restored from: its options, and ROOTFS */
static const char *const *make_argv(const struct box *box)
{
	const char **argv = command_array(box->argv.n + 1, sizeof(*argv));

	for (size_t i = 0; i < box->argv.n; i++)
		argv[i] = box->argv.v[i];
	argv[box->argv.n] = box->rootfs;
	return argv;
}

static int fill(const struct visit *visit, const char *const *argv, struct request *request,
		struct error *err)
{
	size_t used;

	if (box_begin(request->spec, visit->box.name, err) < 0 ||
	    options_parse(request, SCOPE_BOX, argv, &used, err) < 0 ||
	    spec_set_rootfs(request->spec, visit->box.rootfs, err) < 0)
		return -1;
	request->spec->quiet |= visit->quiet;
	return box_furnish(request->spec, err);
}

/* nsrun may begin anew there, and must find itself where it was called: so before all else */
static int protect(const struct visit *visit, struct error *err)
{
	struct spec spec;
	struct request request = { .spec = &spec };
	struct plan *plan = NULL;
	struct error unused;
	int here, result;

	spec_init(&spec, visit->arena, ACTION_RUN);
	go_where_made(visit->box.cwd, &here);
	result = fill(visit, make_argv(&visit->box), &request, err);
	if (result == 0)
		result = nsrun_plan(&spec, &plan, err);
	if (go_back(here, result < 0 ? &unused : err) < 0 || result < 0)
		return -1;
	return nsrun_protect_program(plan, err);
}

static int start(const struct visit *visit, struct error *err)
{
	const char *const *argv = make_argv(&visit->box);
	struct spec spec;
	struct request request = { .spec = &spec };
	struct container *container;
	struct error unused;
	struct plan *plan;

	spec_init(&spec, visit->arena, ACTION_RUN);
	if (fill(visit, argv, &request, err) < 0 ||
	    create_container(&spec, argv, &plan, &container, err) < 0)
		return -1;
	if (container_start(container, plan, false, report_notice, &spec, NULL, err) == 0)
		return 0;
	container_remove(container, true, &unused);
	return -1;
}

static int start_where_made(const struct visit *visit, struct error *err)
{
	struct error unused;
	int here, result;

	if (protect(visit, err) < 0)
		return -1;
	go_where_made(visit->box.cwd, &here);
	result = start(visit, err);
	return go_back(here, result < 0 ? &unused : err) < 0 ? -1 : result;
}

/* its container, if there is one; -1 when the name is another's */
static int find_container(struct arena *arena, const char *name, struct container **ret,
			  struct error *err)
{
	struct error unused;

	*ret = NULL;
	if (container_find(arena, name, ret, &unused) < 0)
		return 0;
	if (strcmp((*ret)->name, name) != 0) { /* the beginning of an id */
		container_close(*ret);
		*ret = NULL;
		return 0;
	}
	if ((*ret)->status == CONTAINER_DAMAGED)
		return container_refuse_damaged(*ret, err);
	if ((*ret)->box && strcmp((*ret)->box, name) == 0)
		return 0;
	error_set(err, "box-name", 0, "the name '%s' is in use by a container that is no box",
		  name);
	return error_set_arg(err, "%s", name);
}

/* what nobody can find again does not go on */
static void forget(const struct visit *visit)
{
	struct container *container;
	struct error unused;

	if (find_container(visit->arena, visit->operands[0], &container, &unused) == 0 && container)
		container_remove(container, true, &unused);
}

/* under its lock: whoever came first has made it */
static int make_running(struct visit *visit, struct container **ret, struct error *err)
{
	bool running;

	if (find(visit, err) < 0 ||
	    find_container(visit->arena, visit->operands[0], ret, err) < 0 ||
	    (!visit->known && describe(visit, err) < 0))
		return -1;
	running = *ret && (*ret)->pidfd >= 0;
	/* it has ended, with the machine or by `nsrun stop`: what it is made of makes it anew */
	/* forced, since that waits for a monitor that is writing its end down */
	if (!running && *ret && container_remove(*ret, true, err) < 0)
		return -1;
	if (!running && start_where_made(visit, err) < 0)
		return -1;
	/* what has never run is not remembered */
	if (!visit->known && box_define(visit->arena, &visit->box, err) < 0) {
		if (!running)
			forget(visit);
		return -1;
	}
	return running ? 0 : find_container(visit->arena, visit->operands[0], ret, err);
}

static int find_running(struct visit *visit, struct container **ret, struct error *err)
{
	int lock, result;

	if (find(visit, err) < 0 || find_container(visit->arena, visit->operands[0], ret, err) < 0)
		return -1;
	if (visit->known && *ret && (*ret)->pidfd >= 0)
		return 0;
	lock = box_lock(visit->arena, visit->operands[0], err);
	if (lock < 0)
		return -1;
	result = make_running(visit, ret, err);
	box_unlock(lock);
	if (result < 0 || *ret)
		return result;
	error_set(err, "container-not-running", 0, "the box '%s' has just ended",
		  visit->operands[0]);
	return -1;
}

/* --- entering it --- */

static bool is_line_that_made_it(const struct visit *visit)
{
	if (visit->n_options != visit->box.argv.n)
		return false;
	for (size_t i = 0; i < visit->n_options; i++)
		if (strcmp(visit->options[i], visit->box.argv.v[i]) != 0)
			return false;
	return true;
}

/* the options of this one entry are those of exec */
static int add_options(const struct visit *visit, struct request *request, struct error *err)
{
	size_t used;

	if (is_line_that_made_it(visit) ||
	    options_parse(request, SCOPE_EXEC, visit->options, &used, err) == 0)
		return 0;
	error_set(err, "box-made", 0,
		  "the box '%s' is made already, and not with these options: an entry takes those "
		  "of nsrun exec",
		  visit->box.name);
	return error_set_arg(err, "%s", visit->box.name);
}

static int restore(const struct visit *visit, struct container *container,
		   struct request *request, struct error *err)
{
	struct spec *spec = request->spec;
	int here, result;
	size_t used;

	if (box_begin(spec, visit->box.name, err) < 0 ||
	    box_enter(spec, visit->quiet ? NULL : report_notice, spec, err) < 0)
		return -1;
	go_where_made(container->cwd, &here);
	result = options_parse(request, SCOPE_BOX, container->argv.v, &used, err);
	if (go_back(here, err) < 0 || result < 0)
		return -1;
	box_follow(spec);
	container_bind(container, spec);
	if (container_bind_exec(container, spec, err) < 0)
		return -1;
	/* not a command beside another, but what its user does now: as with run */
	spec->tty = UNDECIDED;
	spec->interactive = !command_pager_reads();
	return 0;
}

static int enter(const struct visit *visit, struct container *container)
{
	struct spec spec;
	struct request request = { .spec = &spec };
	struct error err;

	spec_init(&spec, visit->arena, ACTION_RUN);
	if (restore(visit, container, &request, &err) < 0 || add_options(visit, &request, &err) < 0)
		return command_fail(&err);
	for (const char *const *word = visit->command; *word; word++)
		spec_add_argument(&spec, *word);
	return command_launch(&spec);
}

/* --- the list, and the end --- */

static int list_boxes(struct arena *arena)
{
	static const char *const titles[] = { "NAME", "ROOTFS", "STATUS" };
	struct table table;
	nsrun_boxes boxes;
	struct error err;

	if (box_list(arena, &boxes, &err) < 0)
		return command_fail(&err);
	table_begin(&table, titles, sizeof(titles) / sizeof(titles[0]));
	for (size_t i = 0; i < boxes.n; i++) {
		const struct box *box = &boxes.v[i];
		struct container *container = NULL;
		const char *status = "stopped";

		if (!box->rootfs || find_container(arena, box->name, &container, &err) < 0)
			status = "damaged";
		else if (container && container->pidfd >= 0)
			status = container->status == CONTAINER_PAUSED ? "paused" : "running";
		table_row(&table, (const char *const[]){ box->name, box->rootfs ? box->rootfs : "?",
							 status });
		if (container)
			container_close(container);
	}
	table_end(&table);
	return 0;
}

static int remove_locked(struct arena *arena, const char *name, bool *ret_known, struct error *err)
{
	struct container *container;
	struct box box;
	int known = box_find(arena, name, &box, err);

	*ret_known = known != 0;
	if (known < 0 && strcmp(err->id, "box-damaged") != 0)
		return -1;
	if (find_container(arena, name, &container, err) < 0)
		return -1;
	if (!known && !container) {
		error_set(err, "box-unknown", 0, "there is no box '%s'", name);
		return error_set_arg(err, "%s", name);
	}
	if (container && container_remove(container, true, err) < 0)
		return -1;
	return box_forget(arena, name, err);
}

static int remove_box(struct arena *arena, const char *name, struct error *err)
{
	int lock, result;
	bool known;

	if (container_name_check(name, err) < 0)
		return -1;
	lock = box_lock(arena, name, err);
	if (lock < 0)
		return -1;
	result = remove_locked(arena, name, &known, err);
	if (result == 0 || !known) /* else there is the directory of the lock only */
		box_discard(arena, name);
	box_unlock(lock);
	return result;
}

static int remove_boxes(struct arena *arena, const char *const *names)
{
	struct error err;
	int status = 0;

	for (; *names; names++) {
		if (remove_box(arena, *names, &err) < 0)
			status = command_fail(&err);
		else
			report_line(*names);
	}
	return status;
}

int command_box(const struct command *command, const char *const *argv, struct arena *arena)
{
	struct spec unused;
	struct request request = { .spec = &unused };
	struct visit visit = { .arena = arena, .options = argv };
	struct container *container;
	struct error err;
	int status;

	/* once over the options for the name, which says what they are applied to */
	spec_init(&unused, arena, ACTION_EXEC);
	status = command_parse(command, &request, argv);
	if (status >= 0)
		return status;
	if (request.verb.list)
		return list_boxes(arena);
	visit.quiet = unused.quiet;
	options_parse(&request, command->scope, argv, &visit.n_options, &err);
	visit.operands = argv + visit.n_options;
	if (!visit.operands[0]) {
		error_set(&err, "usage", 0, "box takes a name; --list shows those there are");
		error_set_arg(&err, "%s", command->name);
		return command_fail(&err);
	}
	if (request.verb.remove)
		return remove_boxes(arena, visit.operands);
	if (find_running(&visit, &container, &err) < 0)
		return command_fail(&err);
	return enter(&visit, container);
}
