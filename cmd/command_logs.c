// SPDX-License-Identifier: Apache-2.0
/* nsrun logs: what a container has written. */
#include "command.h"
#include "escape.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/**
 * struct output - Where it goes
 * @last:   the stream that was written to last, so that both keep their order on one terminal
 * @escape: of descriptors 1 and 2: it is a terminal, and the container has none of its own
 */
struct output {
	FILE *last;
	bool timestamps;
	bool utf8;
	bool escape[3];
};

static int failed(struct error *err)
{
	return error_set(err, "output", errno, "a part of the container's output is lost");
}

static int put_entry(const struct log_entry *entry, void *arg, struct error *err)
{
	struct output *output = arg;
	FILE *stream = entry->fd == 2 ? stderr : stdout;

	if (output->last != stream && fflush(output->last) != 0)
		return failed(err);
	output->last = stream;
	if (output->timestamps && entry->begins && entry->stamp)
		fprintf(stream, "%.*s ", (int)entry->stamp_length, entry->stamp);
	if (output->escape[entry->fd])
		escape_print(stream, entry->text, entry->length, "\t", output->utf8);
	else
		fwrite(entry->text, 1, entry->length, stream);
	if (entry->ends)
		putc('\n', stream);
	return ferror(stream) ? failed(err) : 0;
}

static int flush(void *arg, struct error *err)
{
	(void)arg;
	return fflush(stdout) == 0 && fflush(stderr) == 0 ? 0 : failed(err);
}

static int show(const struct container *container, const struct verb *verb, struct error *err)
{
	static char buffer[BUFSIZ];
	struct output output = { .last = stdout,
				 .timestamps = verb->timestamps,
				 .utf8 = escape_locale_is_utf8(),
				 .escape = { false, isatty(STDOUT_FILENO) && !container->tty,
					     isatty(STDERR_FILENO) && !container->tty } };
	const struct log_sink sink = { put_entry, flush, &output };
	const struct log_options options = { .follow = verb->follow,
					     .tail = verb->tail,
					     .since_ns = verb->since_ns,
					     .until_ns = verb->until_ns };

	setvbuf(stderr, buffer, _IOFBF, sizeof(buffer)); /* it has no buffer of its own */
	return container_logs(container, &options, &sink, err);
}

int command_logs(const struct command *command, const char *const *argv, struct arena *arena)
{
	struct spec spec;
	struct request request = { .spec = &spec };
	struct container *container;
	struct error err;
	int status = command_parse_one(command, &request, argv, arena, &container);

	if (status >= 0)
		return status;
	return show(container, &request.verb, &err) < 0 ? command_fail(&err) : 0;
}
