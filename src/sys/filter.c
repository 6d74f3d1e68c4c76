// SPDX-License-Identifier: Apache-2.0
/*
 * System call filters. The only file that knows libseccomp, of which it takes the names and numbers
 * of all architectures. The program is made here, since libseccomp's own
 *   - drops a conditional rule beside an unconditional one, so that "allow ioctl, but not TIOCSTI"
 *     allows TIOCSTI;
 *   - cannot say a rule that equals the default action, nor two comparisons of one argument;
 *   - takes a rule about socket(2) for one about socketcall(2), whose arguments no filter can see;
 *   - knows no call that is younger than itself;
 *   - has a leaf per call instead of one per range, which every start would pay for.
 * Runs in: supervisor and at build time; filter_load() in init, where nothing may allocate.
 */
#include "sys/filter.h"

#include "base/arena.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define NATIVE	       SCMP_ARCH_X86_64
#define NATIVE_NAME    "SCMP_ARCH_X86_64"
#define NATIVE_GO_NAME "amd64"
#define COMPAT	       SCMP_ARCH_X86
#define COMPAT_NAME    "SCMP_ARCH_X86"
#elif defined(__aarch64__)
#define NATIVE	       SCMP_ARCH_AARCH64
#define NATIVE_NAME    "SCMP_ARCH_AARCH64"
#define NATIVE_GO_NAME "arm64"
#define COMPAT	       SCMP_ARCH_ARM
#define COMPAT_NAME    "SCMP_ARCH_ARM"
#elif defined(__riscv) && __riscv_xlen == 64
#define NATIVE	       SCMP_ARCH_RISCV64
#define NATIVE_NAME    "SCMP_ARCH_RISCV64"
#define NATIVE_GO_NAME "riscv64"
#else
#error "tell the system call filter about this architecture"
#endif

/* x32 calls are x86_64 calls for the kernel, with this bit in their number */
#define X32_BIT	     0x40000000U
#define NO_CALL	     UINT32_MAX /* what a tracer writes to skip a call */
#define BAD_ABI	     SECCOMP_RET_KILL_PROCESS
#define JUMP_MAX     250 /* a conditional jump reaches 255; leaves room for bridges */
#define UNKNOWN_CALL (-1)

struct number {
	const char *name;
	int number;
};

/* Younger than Debian 12's libseccomp; such calls have one number on all architectures. */
static const struct number young_calls[] = {
	{ "cachestat", 451 },	      { "fchmodat2", 452 },	   { "map_shadow_stack", 453 },
	{ "futex_wake", 454 },	      { "futex_wait", 455 },	   { "futex_requeue", 456 },
	{ "statmount", 457 },	      { "listmount", 458 },	   { "lsm_get_self_attr", 459 },
	{ "lsm_set_self_attr", 460 }, { "lsm_list_modules", 461 }, { "mseal", 462 },
	{ "setxattrat", 463 },	      { "getxattrat", 464 },	   { "listxattrat", 465 },
	{ "removexattrat", 466 },     { "open_tree_attr", 467 },   { "file_getattr", 468 },
	{ "file_setattr", 469 },      { "listns", 470 },
};

static const struct number x86_64_calls[] = {
	{ "uretprobe", 335 },
	{ "uprobe", 336 },
};

/*
 * For these libseccomp gives a mark instead of a number, since i386 also has them as socketcall(2)
 * and ipc(2). Those two are system calls of their own here.
 */
static const struct number i386_calls[] = {
	{ "recvmmsg", 337 },   { "sendmmsg", 345 },    { "socket", 359 },
	{ "socketpair", 360 }, { "bind", 361 },	       { "connect", 362 },
	{ "listen", 363 },     { "accept4", 364 },     { "getsockopt", 365 },
	{ "setsockopt", 366 }, { "getsockname", 367 }, { "getpeername", 368 },
	{ "sendto", 369 },     { "sendmsg", 370 },     { "recvfrom", 371 },
	{ "recvmsg", 372 },    { "shutdown", 373 },    { "semget", 393 },
	{ "semctl", 394 },     { "shmget", 395 },      { "shmctl", 396 },
	{ "shmat", 397 },      { "shmdt", 398 },       { "msgget", 399 },
	{ "msgsnd", 400 },     { "msgrcv", 401 },      { "msgctl", 402 },
};

static int find_number(const struct number *numbers, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(numbers[i].name, name) == 0)
			return numbers[i].number;
	return UNKNOWN_CALL;
}

#define FIND(numbers, name) find_number(numbers, sizeof(numbers) / sizeof((numbers)[0]), name)

static int number_of(uint32_t architecture, const char *name)
{
	int number = seccomp_syscall_resolve_name_arch(architecture, name);
	int x32 = architecture == SCMP_ARCH_X32 ? (int)X32_BIT : 0;

	if (number >= 0)
		return number;
	if (architecture == SCMP_ARCH_X86)
		number = FIND(i386_calls, name);
	if (architecture == SCMP_ARCH_X86_64)
		number = FIND(x86_64_calls, name);
	if (number < 0)
		number = FIND(young_calls, name);
	return number < 0 ? UNKNOWN_CALL : number | x32;
}

const char *filter_architecture(void)
{
	return NATIVE_NAME;
}

const char *filter_go_architecture(void)
{
	return NATIVE_GO_NAME;
}

const char *filter_compat_architecture(void)
{
#ifdef COMPAT
	return COMPAT_NAME;
#else
	return NULL;
#endif
}

const char *filter_library_version(void)
{
#define TEXT(x)	 #x
#define TEXT2(x) TEXT(x)
	return TEXT2(SCMP_VER_MAJOR) "." TEXT2(SCMP_VER_MINOR) "." TEXT2(SCMP_VER_MICRO);
}

bool filter_knows_syscall(const char *name)
{
	/* for a call of another architecture libseccomp gives a negative mark, but not this one */
	return seccomp_syscall_resolve_name(name) != __NR_SCMP_ERROR ||
	       number_of(SCMP_ARCH_X86_64, name) >= 0;
}

int32_t filter_strictness(uint32_t action)
{
	return (int32_t)(action & SECCOMP_RET_ACTION_FULL);
}

/* --- writing the program: from its end, so that every jump goes to what is known already --- */

/**
 * struct code - A program, last instruction first
 *
 * A place is an index into @instructions. An instruction is followed by the one before it.
 */
struct code {
	struct sock_filter instructions[BPF_MAXINSNS];
	size_t n;
	bool too_large;
};

static size_t emit(struct code *code, int operation, uint32_t k, size_t yes, size_t no)
{
	struct sock_filter *instruction;

	if (code->n == BPF_MAXINSNS) {
		code->too_large = true;
		return 0;
	}
	instruction = &code->instructions[code->n];
	instruction->code = (uint16_t)operation;
	instruction->k = k;
	instruction->jt = (uint8_t)yes;
	instruction->jf = (uint8_t)no;
	return code->n++;
}

/* A place from which a conditional jump that is written soon reaches @place. */
static size_t in_reach(struct code *code, size_t place)
{
	if (code->n - place <= JUMP_MAX)
		return place;
	return emit(code, BPF_JMP | BPF_JA, (uint32_t)(code->n - place - 1), 0, 0);
}

static size_t emit_branch(struct code *code, int comparison, uint32_t k, size_t yes, size_t no)
{
	yes = in_reach(code, yes);
	no = in_reach(code, no);
	return emit(code, BPF_JMP | BPF_K | comparison, k, code->n - yes - 1, code->n - no - 1);
}

static size_t emit_load(struct code *code, size_t offset)
{
	return emit(code, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static size_t emit_return(struct code *code, uint32_t action)
{
	for (size_t i = code->n; i > 0 && code->n - i < JUMP_MAX / 2; i--)
		if (code->instructions[i - 1].code == (BPF_RET | BPF_K) &&
		    code->instructions[i - 1].k == action)
			return i - 1;
	return emit(code, BPF_RET | BPF_K, action, 0, 0);
}

static size_t emit_load_half(struct code *code, uint32_t index, bool high)
{
	bool second = high == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

	return emit_load(code, offsetof(struct seccomp_data, args) + index * sizeof(uint64_t) +
				       (second ? sizeof(uint32_t) : 0));
}

/* Half of an argument equals half of a value, as far as the mask goes. */
static size_t emit_half_equal(struct code *code, uint32_t index, bool high, uint64_t mask,
			      uint64_t value, size_t yes, size_t no)
{
	uint32_t half_mask = (uint32_t)(high ? mask >> 32 : mask);
	uint32_t half_value = (uint32_t)(high ? value >> 32 : value) & half_mask;

	if (!half_mask)
		return yes;
	emit_branch(code, BPF_JEQ, half_value, yes, no);
	if (half_mask != UINT32_MAX)
		emit(code, BPF_ALU | BPF_AND | BPF_K, half_mask, 0, 0);
	return emit_load_half(code, index, high);
}

static size_t emit_equal(struct code *code, uint32_t index, uint64_t mask, uint64_t value,
			 size_t yes, size_t no)
{
	size_t low = emit_half_equal(code, index, false, mask, value, yes, no);

	return emit_half_equal(code, index, true, mask, value, low, no);
}

/* @comparison is BPF_JGT or BPF_JGE */
static size_t emit_greater(struct code *code, int comparison, const struct filter_condition *c,
			   size_t yes, size_t no)
{
	uint32_t high_value = (uint32_t)(c->value >> 32);
	size_t low, high;

	emit_branch(code, comparison, (uint32_t)c->value, yes, no);
	low = emit_load_half(code, c->index, false);
	high = emit_branch(code, BPF_JEQ, high_value, low, no);
	emit_branch(code, BPF_JGT, high_value, yes, high);
	return emit_load_half(code, c->index, true);
}

static size_t emit_condition(struct code *code, const struct filter_condition *c, size_t yes,
			     size_t no)
{
	switch (c->op) {
	case FILTER_NE:
		return emit_equal(code, c->index, UINT64_MAX, c->value, no, yes);
	case FILTER_LT:
		return emit_greater(code, BPF_JGE, c, no, yes);
	case FILTER_LE:
		return emit_greater(code, BPF_JGT, c, no, yes);
	case FILTER_EQ:
		return emit_equal(code, c->index, UINT64_MAX, c->value, yes, no);
	case FILTER_GE:
		return emit_greater(code, BPF_JGE, c, yes, no);
	case FILTER_GT:
		return emit_greater(code, BPF_JGT, c, yes, no);
	case FILTER_MASKED_EQ:
		break;
	}
	return emit_equal(code, c->index, c->value, c->value_two, yes, no);
}

/* --- from rules to decisions --- */

/** struct entry - A rule and the number of its call; @order is its place in the source */
struct entry {
	uint32_t number;
	size_t order;
	const struct filter_rule *rule;
};

/**
 * struct decision - What happens to the calls from @start up to the next decision's
 * @action:  when no condition applies
 * @entries: rules with conditions, in the order in which they are tried
 */
struct decision {
	uint32_t start;
	uint32_t action;
	const struct entry *entries;
	size_t n_entries;
};

/**
 * struct table - The calls of one AUDIT_ARCH_*
 * @decisions: from 0 on, without a gap
 */
struct table {
	uint32_t architecture;
	NSRUN_ARRAY(struct entry) entries;
	NSRUN_ARRAY(struct decision) decisions;
};

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int32_t strict_x = filter_strictness(x->rule->action);
	int32_t strict_y = filter_strictness(y->rule->action);

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	if (!x->rule->n_conditions != !y->rule->n_conditions)
		return x->rule->n_conditions ? -1 : 1;
	if (x->rule->n_conditions && strict_x != strict_y)
		return strict_x < strict_y ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static void collect(struct arena *arena, const struct filter_source *source, uint32_t architecture,
		    struct table *table)
{
	for (size_t i = 0; i < source->rules.n; i++) {
		const struct filter_rule *rule = &source->rules.v[i];
		int number = number_of(architecture, rule->name);

		if (number >= 0)
			*array_push(arena, &table->entries) = (struct entry){
				.number = (uint32_t)number, .order = i, .rule = rule
			};
	}
}

static void decide(struct arena *arena, struct table *table, const struct decision *decision)
{
	const struct decision *last = table->decisions.v;
	size_t n = table->decisions.n;

	if (n && last[n - 1].start == decision->start)
		table->decisions.n = --n; /* it was about no call */
	if (!n || last[n - 1].n_entries || decision->n_entries ||
	    last[n - 1].action != decision->action)
		*array_push(arena, &table->decisions) = *decision;
}

static void decide_action(struct arena *arena, struct table *table, uint32_t start, uint32_t action)
{
	decide(arena, table, &(struct decision){ .start = start, .action = action });
}

/* Whether a rule with conditions makes no difference when it is the last that is tried. */
static bool is_idle(const struct filter_rule *rule, const struct filter_rule *general,
		    uint32_t default_action)
{
	if (!general)
		return rule->action == default_action;
	return filter_strictness(rule->action) >= filter_strictness(general->action);
}

/* The rules of one call, those with conditions first, and of these the strictest. */
static void decide_call(struct arena *arena, struct table *table, const struct entry *entries,
			size_t n, uint32_t default_action)
{
	const struct filter_rule *general = NULL;
	struct decision decision = { .start = entries->number, .entries = entries };

	while (decision.n_entries < n && entries[decision.n_entries].rule->n_conditions)
		decision.n_entries++;
	if (decision.n_entries < n)
		general = entries[decision.n_entries].rule;
	decision.action = general ? general->action : default_action;
	while (decision.n_entries &&
	       is_idle(entries[decision.n_entries - 1].rule, general, default_action))
		decision.n_entries--;
	decide(arena, table, &decision);
}

static void decide_all(struct arena *arena, struct table *table, uint32_t default_action)
{
	const struct entry *entries = table->entries.v;
	size_t n = table->entries.n, next;

	if (n)
		qsort(table->entries.v, n, sizeof(*entries), compare_entries);
	decide_action(arena, table, 0, default_action);
	for (size_t i = 0; i < n; i = next) {
		for (next = i + 1; next < n && entries[next].number == entries[i].number;)
			next++;
		decide_call(arena, table, &entries[i], next - i, default_action);
		decide_action(arena, table, entries[i].number + 1, default_action);
	}
}

/* --- from decisions to a program --- */

static bool same_condition(const struct filter_condition *a, const struct filter_condition *b)
{
	return a->index == b->index && a->op == b->op && a->value == b->value &&
	       a->value_two == b->value_two;
}

/* How many of the last rules have the same condition in this column, which is then tried once. */
static size_t count_group(const struct entry *entries, size_t n, size_t column)
{
	const struct filter_rule *last = entries[n - 1].rule;
	size_t count = 1;

	while (count < n && entries[n - count - 1].rule->n_conditions > column &&
	       same_condition(&entries[n - count - 1].rule->conditions[column],
			      &last->conditions[column]))
		count++;
	return count;
}

/* Whether nothing but one more value of an argument is asked for. */
static bool is_value(const struct filter_rule *rule, size_t column)
{
	return rule->n_conditions == column + 1 && rule->conditions[column].op == FILTER_EQ;
}

/* How many of the last rules are about values of one argument, which is then loaded once. */
static size_t count_values(const struct entry *entries, size_t n, size_t column)
{
	const struct filter_condition *last = &entries[n - 1].rule->conditions[column];
	size_t count = 0;

	while (count < n && is_value(entries[n - count - 1].rule, column)) {
		const struct filter_condition *c = &entries[n - count - 1].rule->conditions[column];

		if (c->index != last->index || c->value >> 32 != last->value >> 32)
			break;
		count++;
	}
	return count;
}

static size_t emit_values(struct code *code, const struct entry *entries, size_t n, size_t column,
			  size_t next)
{
	const struct filter_condition *first = &entries->rule->conditions[column];
	size_t low = next;

	for (size_t i = n; i > 0; i--) {
		const struct filter_rule *rule = entries[i - 1].rule;
		size_t place = emit_return(code, rule->action);

		low = emit_branch(code, BPF_JEQ, (uint32_t)rule->conditions[column].value, place,
				  low);
	}
	low = emit_load_half(code, first->index, false);
	emit_branch(code, BPF_JEQ, (uint32_t)(first->value >> 32), low, next);
	return emit_load_half(code, first->index, true);
}

/*
 * Rules in the order in which they are tried, from @column of their conditions on; @next is where
 * it goes on when none applies.
 */
static size_t emit_rules(struct code *code, const struct entry *entries, size_t n, size_t column,
			 size_t next)
{
	while (n) {
		const struct filter_rule *last = entries[n - 1].rule;
		size_t count = 1;

		if (last->n_conditions == column) {
			next = emit_return(code, last->action);
		} else if ((count = count_values(entries, n, column)) > 1) {
			next = emit_values(code, entries + n - count, count, column, next);
		} else {
			size_t inner;

			count = count_group(entries, n, column);
			inner = emit_rules(code, entries + n - count, count, column + 1, next);
			next = emit_condition(code, &last->conditions[column], inner, next);
		}
		n -= count;
	}
	return next;
}

static size_t emit_decision(struct code *code, const struct decision *decision)
{
	size_t next = emit_return(code, decision->action);

	return emit_rules(code, decision->entries, decision->n_entries, 0, next);
}

static size_t emit_tree(struct code *code, const struct decision *decisions, size_t n)
{
	size_t half = n / 2, above, below;

	if (n == 1)
		return emit_decision(code, decisions);
	above = emit_tree(code, decisions + half, n - half);
	below = emit_tree(code, decisions, half);
	return emit_branch(code, BPF_JGE, decisions[half].start, above, below);
}

static size_t emit_table(struct code *code, const struct table *table)
{
	size_t place = emit_tree(code, table->decisions.v, table->decisions.n);

	/* a tree of one leaf may be an instruction that was there already */
	if (place + 1 != code->n)
		emit(code, BPF_JMP | BPF_JA, (uint32_t)(code->n - place - 1), 0, 0);
	return emit_load(code, offsetof(struct seccomp_data, nr));
}

static bool wants(const struct filter_source *source, const char *architecture)
{
	for (size_t i = 0; i < source->architectures.n; i++)
		if (strcmp(source->architectures.v[i], architecture) == 0)
			return true;
	return false;
}

static void build_native(struct arena *arena, const struct filter_source *source,
			 struct table *table)
{
	bool x32 = NATIVE == SCMP_ARCH_X86_64 && wants(source, "SCMP_ARCH_X32");

	table->architecture = NATIVE;
	collect(arena, source, NATIVE, table);
	if (x32)
		collect(arena, source, SCMP_ARCH_X32, table);
	decide_all(arena, table, source->default_action);
	if (!x32) {
		decide_action(arena, table, X32_BIT, BAD_ABI);
		decide_action(arena, table, NO_CALL, source->default_action);
	}
}

static size_t build_tables(struct arena *arena, const struct filter_source *source,
			   struct table tables[2])
{
	build_native(arena, source, &tables[0]);
#ifdef COMPAT
	if (wants(source, COMPAT_NAME)) {
		tables[1].architecture = COMPAT;
		collect(arena, source, COMPAT, &tables[1]);
		decide_all(arena, &tables[1], source->default_action);
		return 2;
	}
#endif
	return 1;
}

static void emit_program(struct code *code, const struct table *tables, size_t n)
{
	size_t entries[2];
	size_t place;

	for (size_t i = n; i > 0; i--)
		entries[i - 1] = emit_table(code, &tables[i - 1]);
	place = emit_return(code, BAD_ABI);
	for (size_t i = n; i > 0; i--)
		place = emit_branch(code, BPF_JEQ, tables[i - 1].architecture, entries[i - 1],
				    place);
	emit_load(code, offsetof(struct seccomp_data, arch));
}

int filter_compile(struct arena *arena, const struct filter_source *source,
		   struct filter_program *ret, struct error *err)
{
	struct code *code = arena_alloc(arena, sizeof(*code));
	struct table tables[2] = { 0 };
	struct sock_filter *program;

	emit_program(code, tables, build_tables(arena, source, tables));
	if (code->too_large)
		return error_set(err, "seccomp-too-large", 0,
				 "the rules need more than the %d instructions that the kernel "
				 "takes",
				 BPF_MAXINSNS);
	program = arena_alloc(arena, code->n * sizeof(*program));
	for (size_t i = 0; i < code->n; i++)
		program[i] = code->instructions[code->n - 1 - i];
	*ret = (struct filter_program){ .bytes = program, .count = code->n };
	return 0;
}

int filter_load(const struct filter_program *program, struct error *err)
{
	struct sock_fprog fprog = {
		.len = (unsigned short)program->count,
		.filter = (struct sock_filter *)(uintptr_t)program->bytes,
	};

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, program->flags, &fprog) < 0)
		return error_set(err, "seccomp-load", errno, "cannot load the system call filter");
	return 0;
}
