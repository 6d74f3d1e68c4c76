// SPDX-License-Identifier: Apache-2.0
/*
 * steps - count the instructions of a program's own functions, one by one
 *
 *     steps [--top N] SYMBOLS PROGRAM [ARG...]
 *
 * Runs PROGRAM under ptrace(2), an instruction at a time, and follows what it forks until that
 * executes something else. Only functions of SYMBOLS (lines of nm(1), those of the program's own
 * objects) count: what the C library does depends on the processor and on its version, what the
 * compiler made of our code does not. So the figure is the same on every machine and under any
 * load, without a counter in the processor, which a virtual machine often has not.
 *
 * Prints "instructions N", "calls N" (system calls of all these processes), "everything N" (with
 * the library's instructions), and with --top the functions that had most. The exit status is
 * PROGRAM's; 77 where nothing can be traced.
 */
#include <elf.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_PROCESSES 32
#define SKIPPED	      77
#define EVENTS                                                                                     \
	(PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |     \
	 PTRACE_O_EXITKILL)

struct function {
	uint64_t start, end;
	const char *name;
	uint64_t instructions;
};

struct process {
	pid_t pid;
	bool stepped; /* has stopped as a new child has to, before its first step */
};

static const char *program; /* its file */
static size_t program_size;
static struct function *functions; /* by address */
static size_t function_count;
static struct process processes[MAX_PROCESSES];
static uint64_t instructions, everything, calls, base;

/* ---- whose instruction it is ---- */

struct name {
	char text[256];
};

/* a name begins with its text, and what is looked for is one */
static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static int by_start(const void *a, const void *b)
{
	const struct function *one = a, *other = b;

	return (one->start > other->start) - (one->start < other->start);
}

static int by_instructions(const void *a, const void *b)
{
	const struct function *one = a, *other = b;

	return (one->instructions < other->instructions) -
	       (one->instructions > other->instructions);
}

/* The function names among lines such as "0000000000000040 t init_main"; sorted. */
static struct name *read_names(const char *path, size_t *ret_count)
{
	FILE *file = fopen(path, "re");
	struct name *names = NULL, *more;
	char line[512], type;
	size_t count = 0;

	if (!file)
		err(2, "%s", path);
	while (fgets(line, sizeof(line), file)) {
		more = realloc(names, (count + 1) * sizeof(*names));
		if (!more)
			err(2, "memory");
		names = more;
		if (sscanf(line, "%*x %c %255s", &type, names[count].text) == 2 &&
		    (type == 't' || type == 'T'))
			count++;
	}
	fclose(file);
	if (!count)
		errx(2, "\"%s\" names no function", path);
	qsort(names, count, sizeof(*names), by_text);
	*ret_count = count;
	return names;
}

static void read_program(const char *path)
{
	FILE *file = fopen(path, "re");
	struct stat st;
	char *bytes;

	if (!file || fstat(fileno(file), &st) < 0)
		err(2, "%s", path);
	bytes = malloc((size_t)st.st_size);
	if (!bytes || fread(bytes, 1, (size_t)st.st_size, file) != (size_t)st.st_size)
		err(2, "%s", path);
	fclose(file);
	program = bytes;
	program_size = (size_t)st.st_size;
}

static const Elf64_Shdr *find_symbols(const char *path)
{
	const Elf64_Ehdr *header = (const void *)program;
	const Elf64_Shdr *sections = (const void *)(program + header->e_shoff);

	for (size_t i = 0; i < header->e_shnum; i++)
		if (sections[i].sh_type == SHT_SYMTAB)
			return &sections[i];
	errx(2, "\"%s\" is stripped", path);
}

static void read_functions(const char *path, const struct name *names, size_t name_count)
{
	const Elf64_Ehdr *header = (const void *)program;
	const Elf64_Shdr *sections = (const void *)(program + header->e_shoff);
	const Elf64_Shdr *table = find_symbols(path);
	const Elf64_Sym *symbols = (const void *)(program + table->sh_offset);
	const char *strings = program + sections[table->sh_link].sh_offset;

	functions = calloc(table->sh_size / sizeof(*symbols), sizeof(*functions));
	if (!functions)
		err(2, "memory");
	for (size_t i = 0; i < table->sh_size / sizeof(*symbols); i++) {
		const char *name = strings + symbols[i].st_name;

		if (ELF64_ST_TYPE(symbols[i].st_info) != STT_FUNC || !symbols[i].st_size ||
		    !bsearch(name, names, name_count, sizeof(*names), by_text))
			continue;
		functions[function_count++] = (struct function){
			.start = symbols[i].st_value,
			.end = symbols[i].st_value + symbols[i].st_size,
			.name = name,
		};
	}
	qsort(functions, function_count, sizeof(*functions), by_start);
	if (!function_count)
		errx(2, "\"%s\" has none of these functions", path);
}

static struct function *find_function(uint64_t address)
{
	size_t low = 0, high = function_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (address >= functions[middle].end)
			low = middle + 1;
		else if (address < functions[middle].start)
			high = middle;
		else
			return &functions[middle];
	}
	return NULL;
}

/* Where the first process has the program; its children have it there, too. */
static uint64_t find_base(pid_t pid)
{
	char name[64], line[512];
	uint64_t start = 0;
	FILE *maps;

	snprintf(name, sizeof(name), "/proc/%d/maps", (int)pid);
	maps = fopen(name, "re");
	if (!maps)
		err(2, "%s", name);
	while (fgets(line, sizeof(line), maps) && !strstr(line, "/memfd:"))
		continue;
	if (sscanf(line, "%lx", &start) != 1)
		errx(2, "the program is not in \"%s\"", name);
	fclose(maps);
	return ((const Elf64_Ehdr *)(const void *)program)->e_type == ET_DYN ? start : 0;
}

/* The code at an address of the program, or NULL: not its code. */
static const unsigned char *code_at(uint64_t address)
{
	const Elf64_Ehdr *header = (const void *)program;
	const Elf64_Phdr *segment = (const void *)(program + header->e_phoff);

	for (size_t i = 0; i < header->e_phnum; i++, segment++)
		if (segment->p_type == PT_LOAD && segment->p_flags & PF_X &&
		    address >= segment->p_vaddr &&
		    address + 4 <= segment->p_vaddr + segment->p_filesz)
			return (const unsigned char *)program + segment->p_offset + address -
			       segment->p_vaddr;
	return NULL;
}

/* ---- stepping ---- */

#if defined(__x86_64__)
#define PROGRAM_COUNTER rip
static const unsigned char call_instruction[] = { 0x0f, 0x05 };
#elif defined(__aarch64__)
#define PROGRAM_COUNTER pc
static const unsigned char call_instruction[] = { 0x01, 0x00, 0x00, 0xd4 };
#else
#error "which register is the program counter here, and how does a system call look?"
#endif

static void count(pid_t pid)
{
	struct user_regs_struct regs;
	struct iovec vector = { &regs, sizeof(regs) };
	struct function *function;
	const unsigned char *code;
	uint64_t address;

	if (ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &vector) < 0)
		return; /* killed meanwhile */
	everything++;
	address = regs.PROGRAM_COUNTER - base;
	code = code_at(address);
	if (code && memcmp(code, call_instruction, sizeof(call_instruction)) == 0)
		calls++;
	function = find_function(address);
	if (!function)
		return;
	function->instructions++;
	instructions++;
}

static void step(pid_t pid, int signal)
{
	if (ptrace(PTRACE_SINGLESTEP, pid, NULL, signal) < 0 && errno != ESRCH)
		err(2, "PTRACE_SINGLESTEP");
}

static struct process *find_process(pid_t pid)
{
	struct process *empty = NULL;

	for (size_t i = 0; i < MAX_PROCESSES; i++) {
		if (processes[i].pid == pid)
			return &processes[i];
		if (!processes[i].pid)
			empty = &processes[i];
	}
	if (!empty)
		errx(2, "more than %d processes", MAX_PROCESSES);
	*empty = (struct process){ .pid = pid };
	return empty;
}

static void forget(pid_t pid)
{
	find_process(pid)->pid = 0;
}

/* @status is that of a stopped process. */
static void go_on(pid_t pid, int status)
{
	struct process *process = find_process(pid);
	int signal = WSTOPSIG(status), event = status >> 16;

	if (event == PTRACE_EVENT_EXEC) { /* from here on it is somebody else's program */
		ptrace(PTRACE_DETACH, pid, NULL, NULL);
		forget(pid);
		return;
	}
	if (event || signal == SIGTRAP || (signal == SIGSTOP && !process->stepped))
		signal = 0;
	process->stepped = true;
	if (!event)
		count(pid);
	step(pid, signal);
}

/* Returns the exit status of @first. */
static int watch(pid_t first)
{
	int status, result = 0;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
		if (pid <= 0)
			continue;
		if (WIFSTOPPED(status)) {
			go_on(pid, status);
			continue;
		}
		if (pid == first)
			result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		forget(pid);
	}
	return result;
}

/*
 * A sealed copy, which nobody can write: nsrun would otherwise execute itself again as one where
 * whoever built it is who runs it, and that would be counted in one place and not in the other.
 */
static int seal_program(void)
{
	int fd = memfd_create("program", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0 || write(fd, program, program_size) != (ssize_t)program_size ||
	    fchmod(fd, 0500) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
		err(2, "memfd");
	return fd;
}

static pid_t start(char **argv)
{
	int fd = seal_program();
	pid_t pid = fork();
	int status;

	if (pid < 0)
		err(2, "fork");
	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
			err(SKIPPED, "PTRACE_TRACEME");
		fexecve(fd, argv, environ);
		err(127, "%s", argv[0]);
	}
	close(fd);
	if (waitpid(pid, &status, 0) != pid)
		err(2, "waitpid");
	if (!WIFSTOPPED(status))
		exit(WIFEXITED(status) ? WEXITSTATUS(status) : 2);
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL, EVENTS) < 0)
		err(2, "PTRACE_SETOPTIONS");
	return pid;
}

static void print_top(size_t top)
{
	qsort(functions, function_count, sizeof(*functions), by_instructions);
	for (size_t i = 0; i < top && i < function_count && functions[i].instructions; i++)
		printf("%10lu %s\n", functions[i].instructions, functions[i].name);
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "top", required_argument, NULL, 't' }, { 0 } };
	size_t top = 0, name_count;
	int option, status;
	struct name *names;
	pid_t pid;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) >= 0) {
		if (option != 't')
			return 2;
		top = strtoul(optarg, NULL, 10);
	}
	if (argc - optind < 2)
		errx(2, "usage: steps [--top N] SYMBOLS PROGRAM [ARG...]");
	names = read_names(argv[optind], &name_count);
	read_program(argv[optind + 1]);
	read_functions(argv[optind + 1], names, name_count);
	pid = start(argv + optind + 1);
	find_process(pid)->stepped = true;
	base = find_base(pid);
	count(pid);
	step(pid, 0);
	status = watch(pid);
	printf("instructions %lu\ncalls %lu\neverything %lu\n", instructions, calls, everything);
	print_top(top);
	return status;
}
