// SPDX-License-Identifier: Apache-2.0
/*
 * Seccomp profiles: whatever is accepted becomes a program that the kernel would take, and that for
 * some calls says what the rules say, looked at one after the other. The first byte chooses
 * options, the second capabilities.
 */
#include "config/seccomp_compile.h"
#include "tests/fuzz/fuzz.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#define ARCHITECTURE 0
#endif

/* What seccomp_check_filter() of the kernel asks of a program, as far as this compiler goes. */
static void check_program(const struct filter_program *program)
{
	const struct sock_filter *code = program->bytes;

	REQUIRE(program->count > 0 && program->count <= BPF_MAXINSNS);
	for (size_t i = 0; i < program->count; i++) {
		size_t rest = program->count - i - 1;

		switch (code[i].code) {
		case BPF_LD | BPF_W | BPF_ABS:
			REQUIRE(code[i].k % 4 == 0 && code[i].k < sizeof(struct seccomp_data));
			break;
		case BPF_ALU | BPF_AND | BPF_K:
		case BPF_RET | BPF_K:
			break;
		case BPF_JMP | BPF_JA:
			REQUIRE(code[i].k < rest);
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
		case BPF_JMP | BPF_JGT | BPF_K:
		case BPF_JMP | BPF_JGE | BPF_K:
			REQUIRE(code[i].jt < rest && code[i].jf < rest);
			break;
		default:
			REQUIRE(code[i].code == (BPF_RET | BPF_K)); /* of no other kind */
		}
	}
	REQUIRE(code[program->count - 1].code == (BPF_RET | BPF_K));
}

static uint32_t run_program(const struct filter_program *program, const struct seccomp_data *data)
{
	const struct sock_filter *at = program->bytes;
	uint32_t accumulator = 0;

	for (;; at++) {
		bool taken = false;

		switch (at->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			memcpy(&accumulator, (const char *)data + at->k, sizeof(accumulator));
			continue;
		case BPF_ALU | BPF_AND | BPF_K:
			accumulator &= at->k;
			continue;
		case BPF_RET | BPF_K:
			return at->k;
		case BPF_JMP | BPF_JA:
			at += at->k;
			continue;
		case BPF_JMP | BPF_JEQ | BPF_K:
			taken = accumulator == at->k;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			taken = accumulator > at->k;
			break;
		default:
			taken = accumulator >= at->k;
		}
		at += taken ? at->jt : at->jf;
	}
}

static bool holds(const struct filter_condition *condition, const struct seccomp_data *data)
{
	uint64_t arg = data->args[condition->index];

	switch (condition->op) {
	case FILTER_NE:
		return arg != condition->value;
	case FILTER_LT:
		return arg < condition->value;
	case FILTER_LE:
		return arg <= condition->value;
	case FILTER_EQ:
		return arg == condition->value;
	case FILTER_GE:
		return arg >= condition->value;
	case FILTER_GT:
		return arg > condition->value;
	case FILTER_MASKED_EQ:
		break;
	}
	return (arg & condition->value) == (condition->value_two & condition->value);
}

static bool is_plain(const struct seccomp_profile *profile)
{
	for (size_t i = 0; i < profile->rules.n; i++) {
		const struct seccomp_rule *rule = &profile->rules.v[i];
		const struct seccomp_gate *gates[] = { &rule->includes, &rule->excludes };
		uint32_t seen = 0;

		for (int g = 0; g < 2; g++)
			if (gates[g]->capabilities || gates[g]->arches.n || gates[g]->has_kernel)
				return false;
		for (size_t c = 0; c < rule->conditions.n; c++) {
			if (seen & 1U << rule->conditions.v[c].index)
				return false;
			seen |= 1U << rule->conditions.v[c].index;
		}
	}
	return true;
}

static bool matches(const struct seccomp_rule *rule, const char *name,
		    const struct seccomp_data *data)
{
	bool named = false;

	for (size_t i = 0; i < rule->names.n; i++)
		named = named || strcmp(rule->names.v[i], name) == 0;
	for (size_t i = 0; i < rule->conditions.n; i++)
		named = named && holds(&rule->conditions.v[i], data);
	return named;
}

static uint32_t decide(const struct seccomp_profile *profile, const char *name,
		       const struct seccomp_data *data)
{
	const struct seccomp_rule *general = NULL, *special = NULL;

	for (size_t i = 0; i < profile->rules.n; i++) {
		const struct seccomp_rule *rule = &profile->rules.v[i];
		const struct seccomp_rule **best = rule->conditions.n ? &special : &general;

		if (matches(rule, name, data) &&
		    (!*best || (rule->conditions.n && filter_strictness(rule->action) <
							      filter_strictness((*best)->action))))
			*best = rule;
	}
	if (special && general &&
	    filter_strictness(special->action) >= filter_strictness(general->action))
		special = NULL;
	if (special)
		return special->action;
	return general ? general->action : profile->default_action;
}

static void check_call(const struct seccomp_profile *profile, const struct filter_program *program,
		       const char *name, int number)
{
	static const uint64_t values[] = {
		0, 1, 16, 38, 0x5412, 0x100005412, UINT32_MAX, UINT64_MAX
	};
	struct seccomp_data data = { .nr = number, .arch = ARCHITECTURE };

	for (size_t a = 0; a < sizeof(values) / sizeof(values[0]); a++)
		for (size_t b = 0; b < sizeof(values) / sizeof(values[0]); b++) {
			data.args[0] = values[a];
			data.args[1] = data.args[2] = values[b];
			REQUIRE(run_program(program, &data) == decide(profile, name, &data));
		}
}

static void check_meaning(const struct seccomp_profile *profile,
			  const struct filter_program *program)
{
#if defined(__x86_64__)
	check_call(profile, program, "read", 0);
	check_call(profile, program, "ioctl", 16);
	check_call(profile, program, "socket", 41);
	check_call(profile, program, "clone", 56);
	check_call(profile, program, "mseal", 462);
#else
	(void)profile;
	(void)program;
	(void)check_call;
#endif
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t flags = fuzz_byte(&data, &size);
	uint64_t capabilities = (uint64_t)fuzz_byte(&data, &size) * UINT64_C(0x0101010101);
	const struct filter_options options = { .fakeroot = flags & 1, .compat32 = flags & 2 };
	struct arena arena = FUZZ_ARENA;
	struct filter_program program;
	struct seccomp_profile *profile;
	struct error err;

	memset(&err, 0, sizeof(err));
	if (seccomp_profile_parse(&arena, (const char *)data, size, &profile, &err) < 0 ||
	    seccomp_compile(&arena, profile, capabilities, &options, &program, &err) < 0) {
		REQUIRE(*err.id && *err.text);
	} else {
		check_program(&program);
		if (is_plain(profile) && !options.fakeroot)
			check_meaning(profile, &program);
	}
	arena_free_all(&arena);
	return 0;
}
