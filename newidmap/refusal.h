/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every reason for which the id helper refuses: what people read and what programs read. Pure
 * data, helper process only. Must never gain a reason that tells a caller something about another
 * user: a process that does not exist and a process of somebody else are the same reason.
 */
#ifndef NSRUN_NEWIDMAP_REFUSAL_H
#define NSRUN_NEWIDMAP_REFUSAL_H

/*
 * X(name, stable identifier, sentence). The identifiers are an interface: nsrun prints advice by
 * them. The reasons about one map come in pairs, uid then gid, so that refusal_of() can count.
 */
#define REFUSALS(X)                                                                                \
	X(NONE, "none", "")                                                                        \
	X(USAGE, "usage", "")                                                                      \
	X(REPORT_FD, "report-fd-invalid", "the report descriptor is not an open descriptor")       \
	X(NO_NEW_PRIVS, "no-new-privs",                                                            \
	  "the caller runs under no_new_privs, so this program has no privilege")                  \
	X(NO_PRIVILEGE, "no-privilege",                                                            \
	  "this program is neither setuid root nor has it the capabilities that it needs")         \
	X(SANDBOX, "sandbox-failed", "the kernel did not accept the system call filter")           \
	X(TARGET_SYNTAX, "target-invalid", "the target must be PID, fd:N or pidfd:N")              \
	X(TARGET_PIDFD, "target-pidfd-unsupported",                                                \
	  "this kernel does not tell whose pidfd that is; use PID or fd:N")                        \
	X(TARGET_NOT_OWNED, "target-not-owned", "the target is not a process of the caller")       \
	X(TARGET_NOT_DUMPABLE, "target-not-dumpable",                                              \
	  "the target cannot be inspected (it is not dumpable)")                                   \
	X(TARGET_NO_NAMESPACE, "target-not-in-namespace",                                          \
	  "the target is not in a user namespace that the caller made inside this one")            \
	X(TARGET_MAPPED, "target-already-mapped", "the target has its id maps already")            \
	X(ACCOUNT_UNKNOWN, "account-unknown", "the caller has no entry in /etc/passwd")            \
	X(ACCOUNT_GROUP, "account-group-differs",                                                  \
	  "the caller's group is not the one of its entry in /etc/passwd")                         \
	X(ACCOUNT_FILE, "account-file-unsafe",                                                     \
	  "/etc/passwd cannot be read, or somebody else than root can write it")                   \
	X(SUBID_NSS, "subid-nss",                                                                  \
	  "/etc/nsswitch.conf names a source for subid other than files; "                         \
	  "use the newuidmap and newgidmap of the shadow project")                                 \
	X(SUBID_FILE, "subid-file-unsafe",                                                         \
	  "a subordinate id file is not a text file that only root can write")                     \
	X(SUBID_RANGES, "subid-too-many-ranges", "the caller has too many subordinate id ranges")  \
	X(UID_NUMBER, "uid-number-invalid", "a uid number is not a plain decimal below 2^32")      \
	X(GID_NUMBER, "gid-number-invalid", "a gid number is not a plain decimal below 2^32")      \
	X(UID_TOO_MANY, "uid-map-too-long", "the uid map is longer than the kernel takes")         \
	X(GID_TOO_MANY, "gid-map-too-long", "the gid map is longer than the kernel takes")         \
	X(UID_EMPTY, "uid-range-empty", "a uid range has no ids")                                  \
	X(GID_EMPTY, "gid-range-empty", "a gid range has no ids")                                  \
	X(UID_BEYOND, "uid-range-beyond-limit", "a uid range passes the last id")                  \
	X(GID_BEYOND, "gid-range-beyond-limit", "a gid range passes the last id")                  \
	X(UID_OVERLAP, "uid-range-overlap", "two uid ranges overlap")                              \
	X(GID_OVERLAP, "gid-range-overlap", "two gid ranges overlap")                              \
	X(UID_ROOT, "uid-range-has-host-root", "only root may map host uid 0")                     \
	X(GID_ROOT, "gid-range-has-host-root", "only root may map host gid 0")                     \
	X(UID_NOT_OWNED, "uid-range-not-owned", "a uid range is not the caller's")                 \
	X(GID_NOT_OWNED, "gid-range-not-owned", "a gid range is not the caller's")                 \
	X(UID_KERNEL, "uid-map-refused-by-kernel", "the kernel refused the uid map")               \
	X(GID_KERNEL, "gid-map-refused-by-kernel", "the kernel refused the gid map")               \
	X(SETGROUPS, "setgroups-refused-by-kernel", "the kernel refused to deny setgroups")

#define REFUSAL_NAME(name, identifier, sentence) REFUSAL_##name,
enum refusal { REFUSALS(REFUSAL_NAME) REFUSAL_COUNT };
#undef REFUSAL_NAME

/** enum id_kind - Which of the two maps; its value is the distance inside a pair of reasons */
enum id_kind {
	ID_UID,
	ID_GID,
	ID_KINDS,
};

#define NO_TRIPLE (-1)

/**
 * struct verdict - The answer to "may this be done?"
 * @refusal: REFUSAL_NONE: yes
 * @triple:  which triple of its map, counted from 0, or NO_TRIPLE when it is not about one
 */
struct verdict {
	enum refusal refusal;
	int triple;
};

#define VERDICT_YES ((struct verdict){ REFUSAL_NONE, NO_TRIPLE })

/** verdict_no() - A refusal that is not about one triple. */
static inline struct verdict verdict_no(enum refusal refusal)
{
	return (struct verdict){ refusal, NO_TRIPLE };
}

/** verdict_no_triple() - A refusal of one triple; @uid_reason is the uid side of its pair. */
static inline struct verdict verdict_no_triple(enum refusal uid_reason, enum id_kind kind,
					       int triple)
{
	return (struct verdict){ (enum refusal)((int)uid_reason + (int)kind), triple };
}

#endif
