// SPDX-License-Identifier: Apache-2.0
/*
 * The id helper: gives a user namespace its id maps, if the administrator gave the ids to the
 * caller. Runs as a process of its own, setuid root or with file capabilities; its role is fixed
 * by NEWIDMAP_ROLE when it is built. Must never: fork, exec, allocate, create a file, act for
 * anybody but the caller, or have a capability in effect other than around one open and write.
 */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "newidmap/arguments.h"
#include "newidmap/database.h"
#include "newidmap/image.h"
#include "newidmap/policy.h"
#include "newidmap/privilege.h"
#include "newidmap/report.h"
#include "newidmap/sandbox.h"
#include "newidmap/target.h"

#ifndef NEWIDMAP_ROLE
#error "build with -DNEWIDMAP_ROLE=ROLE_BOTH, ROLE_UID or ROLE_GID"
#endif

#define FIRST_FD 3

/* What is left to do once everything is decided: nothing here can be refused by us any more. */
struct decision {
	int dir_fd;
	bool deny_setgroups;
	size_t length[ID_KINDS]; /* 0: this map is not ours to write */
	char text[ID_KINDS][ID_MAP_TEXT_MAX];
};

/* In this order: the gid map can be written only after setgroups was decided (CVE-2014-8989). */
static const enum id_kind write_order[ID_KINDS] = { ID_GID, ID_UID };

static void finish(int status)
{
#ifdef NEWIDMAP_COVERAGE
	extern void __gcov_dump(void);

	__gcov_dump();
#endif
	_exit(status);
}

/* A dead reader of our message must not turn a refusal into a signal, nor a terminal stop us. */
static void settle_signals(void)
{
	static const int stops[] = { SIGTSTP, SIGTTIN, SIGTTOU };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t blocked;

	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGXFSZ, &ignore, NULL);
	sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++)
		sigaddset(&blocked, stops[i]);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
}

/*
 * Occupy 0 to 2, or a map could get the number of stderr and our message with it. What cannot be
 * occupied (descriptor limit) ends the program.
 */
static bool fill_standard_fds(void)
{
	for (int fd = 0; fd < FIRST_FD; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		if (openat(AT_FDCWD, "/dev/null", fd == 0 ? O_RDONLY : O_WRONLY) != fd)
			return false;
	}
	return true;
}

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

/* Before any file is opened: a descriptor that is not open now would become one of ours. */
static struct verdict check_fds(struct arguments *arguments)
{
	if (arguments->report_fd != NO_FD && !is_open(arguments->report_fd)) {
		arguments->report_fd = NO_FD;
		return verdict_no(REFUSAL_REPORT_FD);
	}
	return VERDICT_YES;
}

static struct verdict check_target_fd(const struct target_name *target)
{
	if (target->form != TARGET_PID && !is_open(target->number))
		return verdict_no(REFUSAL_TARGET_SYNTAX);
	return VERDICT_YES;
}

/* Hygiene only, so a kernel without close_range() (before 5.9) is no reason to fail. */
static void close_fds_between(int first, int last)
{
	if (first <= last)
		syscall(SYS_close_range, (unsigned)first, (unsigned)last, 0);
}

/* Close what was inherited but for at most two descriptors that the caller named. */
static void close_other_fds(const struct arguments *arguments)
{
	int target_fd = arguments->target.form == TARGET_PID ? NO_FD : arguments->target.number;
	int low = arguments->report_fd < target_fd ? arguments->report_fd : target_fd;
	int high = arguments->report_fd < target_fd ? target_fd : arguments->report_fd;
	int next = FIRST_FD;

	if (low >= next) {
		close_fds_between(next, low - 1);
		next = low + 1;
	}
	if (high >= next) {
		close_fds_between(next, high - 1);
		next = high == INT_MAX ? high : high + 1;
	}
	close_fds_between(next, INT_MAX);
}

/* One map: may the caller have it, and is it still to be written? */
static struct verdict decide_map(enum id_kind kind, const struct id_caller *caller,
				 const struct account *account, const struct id_map *map,
				 struct decision *decision)
{
	struct id_ranges ranges;
	struct verdict verdict;
	bool delegated;

	verdict = database_read_ranges(kind, account, &ranges);
	if (verdict.refusal == REFUSAL_NONE)
		verdict = policy_check_map(kind, caller, &ranges, map, &delegated);
	if (verdict.refusal == REFUSAL_NONE)
		verdict = target_check_unmapped(decision->dir_fd, kind);
	if (verdict.refusal != REFUSAL_NONE)
		return verdict;
	/* who has no gid but his own could use setgroups() to leave a group that denies him things
	 */
	if (kind == ID_GID)
		decision->deny_setgroups = !delegated;
	decision->length[kind] = policy_render_map(map, decision->text[kind]);
	return VERDICT_YES;
}

/* All that can be refused is refused here, with the privilege asleep. */
static struct verdict decide(const struct arguments *arguments, const struct id_caller *caller,
			     struct decision *decision)
{
	struct account account;
	struct verdict verdict = target_open(&arguments->target, caller, &decision->dir_fd);

	if (verdict.refusal == REFUSAL_NONE)
		verdict = database_find_account(caller, &account);
	if (verdict.refusal == REFUSAL_NONE)
		verdict = database_check_sources();
	for (enum id_kind kind = ID_UID; kind < ID_KINDS && verdict.refusal == REFUSAL_NONE; kind++)
		if (arguments->map[kind].count > 0)
			verdict =
				decide_map(kind, caller, &account, &arguments->map[kind], decision);
	return verdict;
}

static struct verdict write_map(const struct decision *decision, struct privilege *privilege,
				enum id_kind kind)
{
	struct verdict verdict;

	if (!privilege_wake(privilege, kind))
		return verdict_no(REFUSAL_NO_PRIVILEGE);
	verdict = target_write_map(decision->dir_fd, kind, decision->text[kind],
				   decision->length[kind]);
	if (!privilege_drop(privilege, kind))
		return verdict_no(REFUSAL_NO_PRIVILEGE);
	return verdict;
}

/* Killed after any of these writes, the namespace has less than was asked for, never more. */
static struct verdict act(const struct decision *decision, struct privilege *privilege)
{
	struct verdict verdict = VERDICT_YES;

	if (decision->deny_setgroups)
		verdict = target_deny_setgroups(decision->dir_fd);
	for (size_t i = 0; i < ID_KINDS && verdict.refusal == REFUSAL_NONE; i++)
		if (decision->length[write_order[i]] > 0)
			verdict = write_map(decision, privilege, write_order[i]);
	return verdict;
}

/* The stations of the program, each with less power than the one before. */
static struct verdict run(int argc, char *const argv[], struct arguments *arguments)
{
	static struct decision decision; /* not on the stack, whose limit the caller sets */
	const struct id_caller caller = { .uid = getuid(), .gid = getgid() };
	struct privilege privilege;
	enum refusal unable = privilege_reduce(NEWIDMAP_ROLE, &caller, &privilege);
	struct verdict verdict;

	settle_signals();
	if (!image_seal() || !sandbox_enter())
		unable = REFUSAL_SANDBOX;
	if (!fill_standard_fds())
		finish(1);
	verdict = arguments_parse(NEWIDMAP_ROLE, argc, argv, arguments);
	if (verdict.refusal == REFUSAL_NONE)
		verdict = check_fds(arguments);
	if (verdict.refusal == REFUSAL_NONE)
		verdict = check_target_fd(&arguments->target);
	if (verdict.refusal == REFUSAL_NONE && unable != REFUSAL_NONE)
		verdict = verdict_no(unable);
	if (verdict.refusal != REFUSAL_NONE)
		return verdict;
	close_other_fds(arguments);
	verdict = decide(arguments, &caller, &decision);
	if (verdict.refusal != REFUSAL_NONE)
		return verdict;
	return act(&decision, &privilege);
}

int main(int argc, char *argv[])
{
	static struct arguments arguments = { .report_fd = NO_FD };
	struct verdict verdict;

	environ = NULL;
	if (argc < 1)
		finish(1);
	verdict = run(argc, argv, &arguments);
	if (verdict.refusal != REFUSAL_NONE)
		report_refusal(NEWIDMAP_ROLE, &verdict, arguments.report_fd);
	finish(verdict.refusal == REFUSAL_NONE ? 0 : 1);
}
