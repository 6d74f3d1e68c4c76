// SPDX-License-Identifier: Apache-2.0
/*
 * The id helper's seccomp filter, as BPF by hand: a library for twenty instructions would be more
 * privileged code than the rest of the program. Runs in: id helper. Must never allow a call that
 * could give code or memory to somebody else (execve, clone, mmap, ptrace, sendmsg, ...).
 */
#include "newidmap/sandbox.h"

#ifdef NEWIDMAP_WITHOUT_SANDBOX /* test builds: sanitizers and gcov make calls of their own */

bool sandbox_enter(void)
{
	return true;
}

#else

#include <endian.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/nsfs.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "newidmap/pidfd_info.h"

#if defined(__x86_64__)
#define THIS_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define THIS_ARCH AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && __BYTE_ORDER == __LITTLE_ENDIAN
#define THIS_ARCH AUDIT_ARCH_PPC64LE
#elif defined(__s390x__)
#define THIS_ARCH AUDIT_ARCH_S390X
#else
#error "name this architecture here, and try the tests on it"
#endif

#define NUMBER offsetof(struct seccomp_data, nr)
#define ARCH   offsetof(struct seccomp_data, arch)
/* all arguments that are looked at are 32 bits wide: the low word of the register */
#define ARGUMENT(n)                                                                                \
	(offsetof(struct seccomp_data, args[n]) + (__BYTE_ORDER == __BIG_ENDIAN ? 4 : 0))

#define LOAD(offset)		  BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (offset))
#define ALLOW			  BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define KILL			  BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)

/* If what was loaded fits, the next instruction runs; else @skip instructions are skipped. */
#define IF_EQUAL(value, skip)	  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (skip))
#define IF_NOT_EQUAL(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (skip), 0)
#define IF_NO_BIT_OF(mask, skip)  BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (mask), (skip), 0)
#define ALLOW_CALL(name)	  IF_EQUAL(__NR_##name, 1), ALLOW

/* Files are opened to be read, or a map to be written: nothing is created, cut or appended to. */
#define OPEN_FORBIDDEN		  (O_RDWR | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY))

static const struct sock_filter filter[] = {
	LOAD(ARCH),
	IF_NOT_EQUAL(THIS_ARCH, 1),
	KILL, /* the numbers mean other calls there */

	LOAD(NUMBER),
	ALLOW_CALL(read),
	ALLOW_CALL(write),
	ALLOW_CALL(close),
	ALLOW_CALL(close_range),
	ALLOW_CALL(fstat),
	ALLOW_CALL(newfstatat), /* what fstat() is in the GNU C library */
	ALLOW_CALL(fstatfs),
	ALLOW_CALL(pidfd_open),
	ALLOW_CALL(capset), /* can only lose, or wake what sleeps */
	ALLOW_CALL(exit_group),

	IF_EQUAL(__NR_openat, 4),
	LOAD(ARGUMENT(2)),
	IF_NO_BIT_OF(OPEN_FORBIDDEN, 1),
	ALLOW,
	KILL,

	IF_EQUAL(__NR_ioctl, 8),
	LOAD(ARGUMENT(1)),
	IF_EQUAL(NS_GET_OWNER_UID, 1),
	ALLOW,
	IF_EQUAL(NS_GET_PARENT, 1),
	ALLOW,
	IF_EQUAL(PIDFD_GET_INFO_V0, 1),
	ALLOW,
	KILL,

	IF_EQUAL(__NR_fcntl, 4),
	LOAD(ARGUMENT(1)),
	IF_EQUAL(F_GETFD, 1),
	ALLOW,
	KILL,

	IF_EQUAL(__NR_pidfd_send_signal, 4),
	LOAD(ARGUMENT(1)),
	IF_EQUAL(0, 1), /* only the question whether it lives */
	ALLOW,
	KILL,

	KILL,
};

bool sandbox_enter(void)
{
	const struct sock_fprog program = {
		.len = sizeof(filter) / sizeof(filter[0]),
		.filter = (struct sock_filter *)filter,
	};

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0L, 0L) == 0;
}

#endif
