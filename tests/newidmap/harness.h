/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the id helper share: an /etc of their own, processes whose namespaces get
 * maps, and one way to run a helper as somebody. Runs as root, in a mount namespace of its own;
 * must never change a file of the machine.
 */
#ifndef NSRUN_TESTS_NEWIDMAP_HARNESS_H
#define NSRUN_TESTS_NEWIDMAP_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

/* The people of /etc/passwd here. CAROL has a group of her own and is also in group 1002. */
#define ALICE 1001
#define BOB   1002

#define MAP_BYTES 16384

/* The programs: shadow's, and ours by privilege mode. */
enum mode {
	MODE_SHADOW,
	MODE_SETUID,
	MODE_CAPABILITIES,
	MODES,
};

enum program {
	NEWUIDMAP,
	NEWGIDMAP,
	NSRUN_NEWIDMAP,
	PROGRAMS,
};

extern const char *const mode_name[MODES];
extern const char *const program_name[PROGRAMS];

/** program_path() - Where a program is; shadow has no nsrun-newidmap: NULL. */
const char *program_path(enum mode mode, enum program program);

/** harness_start() - Find the programs and enter a mount namespace with an /etc of our own. */
void harness_start(const char *programs_dir);

/** etc_reset() - Put the standard files in place: alice 100000:65536, bob 165536:65536. */
void etc_reset(void);

/** etc_write() - Give /etc/NAME this content, mode 0644 and root as owner. */
void etc_write(const char *name, const void *content, size_t length);

/** etc_remove() - Remove /etc/NAME, whatever it is. */
void etc_remove(const char *name);

/** struct target - A process; dead when pid is 0 */
struct target {
	pid_t pid;
	int hold_fd; /* it exits when this is closed */
};

/** struct target_options - What kind of process; the usual one is alice's in a namespace of hers */
struct target_options {
	uid_t uid;
	gid_t gid;
	bool same_namespace;
	bool undumpable;
	bool deny_setgroups;
	gid_t egid; /* 0: as gid */
};

#define TARGET_USUAL ((struct target_options){ .uid = ALICE, .gid = ALICE })

void target_start(const struct target_options *options, struct target *ret_target);
void target_stop(struct target *target);

/** struct maps - What a process's namespace looks like */
struct maps {
	char uid_map[MAP_BYTES];
	char gid_map[MAP_BYTES];
	char setgroups[16];
};

void maps_read(pid_t pid, struct maps *ret_maps);
bool maps_equal(const struct maps *a, const struct maps *b);
bool maps_empty(const struct maps *maps);

/** struct run_options - As whom, and under which circumstances, a program runs */
struct run_options {
	uid_t uid;
	gid_t gid;
	const gid_t *groups;
	size_t n_groups;
	char *const *envp; /* NULL: empty */
	bool no_new_privs;
	bool close_standard; /* 0, 1 and 2 are closed */
	bool no_arguments;   /* argc 0, as far as the kernel allows it */
	int n_limits;
	struct {
		int resource;
		rlim_t value;
	} limit[2];
	int pass_fd; /* kept open under the number @pass_as; 0: none */
	int pass_as;
	int also_pass_as; /* the same under another number; 0: none */
	bool quiet;	  /* stderr to /dev/null, nothing captured */
};

#define RUN_USUAL ((struct run_options){ .uid = ALICE, .gid = ALICE })

/** struct outcome - How it ended: exit status, or 128 + signal; and what it said */
struct outcome {
	int status;
	char said[1024];
};

void program_run(const char *path, char *const argv[], const struct run_options *options,
		 struct outcome *ret_outcome);

/** check() - One TAP line. */
void check(bool good, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** skip() - One TAP line for what this machine cannot show, with the reason. */
void skip(const char *reason, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** check_finish() - The TAP plan; returns the exit status. */
int check_finish(void);

/** die() - The test itself cannot go on: errno and a sentence. */
void die(const char *what) __attribute__((noreturn));

#endif
