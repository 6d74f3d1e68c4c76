/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How nsrun has id maps written that it may not write itself: by its own helper
 * (nsrun-newidmap, both maps in one exec), or by shadow's newuidmap and newgidmap.
 */
#ifndef NSRUN_NEWIDMAP_CLIENT_H
#define NSRUN_NEWIDMAP_CLIENT_H

#include "nsrun/error.h"
#include "nsrun/types.h"

#include <sys/types.h>

enum newidmap_kind {
	NEWIDMAP_NONE,   /* no usable helper; @why says the reason */
	NEWIDMAP_OWN,    /* nsrun-newidmap */
	NEWIDMAP_SYSTEM, /* shadow's pair */
};

/**
 * struct newidmap - Which helper can work here
 * @path:   OWN: nsrun-newidmap; SYSTEM: newuidmap
 * @gid_path: SYSTEM: newgidmap
 * @why:    NONE: the reason, one sentence; for the others "" or why a better one was passed over
 */
struct newidmap {
	enum newidmap_kind kind;
	char path[256];
	char gid_path[256];
	struct error why;
};

/**
 * newidmap_find() - Choose a helper, after checking that it can work
 * @choice: NULL for the best, "system", "none", or the path of an nsrun-newidmap
 *
 * Runs in: supervisor. Looks at mode, owner, capabilities, nosuid of the mount and the caller's
 * no_new_privs; runs nothing.
 */
void newidmap_find(const char *choice, struct newidmap *ret);

/**
 * struct newidmap_job - Helpers under way; starts as NEWIDMAP_JOB_NONE, ends by newidmap_cancel()
 * @pids:    0: not running
 * @outputs: what they say, read when they fail
 */
struct newidmap_job {
	enum newidmap_kind kind;
	pid_t target;
	const nsrun_idmaps *uids;
	const nsrun_idmaps *gids;
	pid_t pids[2];
	int outputs[2];
	const char *names[2];
};

#define NEWIDMAP_JOB_NONE ((struct newidmap_job){ .outputs = { -1, -1 } })

/**
 * newidmap_start() - Start the helper or helpers; does not wait
 * @pid: first process of the new user namespace
 *
 * Runs in: supervisor.
 * Return:  0, or -1 with @err (id "newidmap-start").
 */
int newidmap_start(const struct newidmap *newidmap, pid_t pid, const nsrun_idmaps *uids,
		   const nsrun_idmaps *gids, struct newidmap_job *job, struct error *err);

/**
 * newidmap_finish() - Wait for the helpers, ten seconds at most
 *
 * Where our own helper cannot know the caller (his account or his ranges come from a directory
 * server), shadow's pair is asked instead, which asks NSS.
 * Return: 0 when the maps are written, or -1 with @err (id "newidmap-failed", or
 *         "newidmap-" and the helper's own reason).
 */
int newidmap_finish(struct newidmap_job *job, struct error *err);

/** newidmap_cancel() - Kill and reap what is still under way; harmless afterwards. */
void newidmap_cancel(struct newidmap_job *job);

#endif
