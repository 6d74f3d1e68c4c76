// SPDX-License-Identifier: Apache-2.0
/*
 * A main for the fuzz targets where there is no libFuzzer: gives each file of the target's corpus
 * to it once, so that what was found stays found. FUZZ_TARGET is the target's name; directories
 * on the command line are read instead of the corpus.
 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <errno.h>

#define INPUT_SIZE_MAX ((size_t)1 << 20)

/* a heap copy of the exact size, so that a sanitizer sees a read behind its end */
static void run_file(const char *path)
{
	FILE *file = fopen(path, "re");
	uint8_t *buffer = malloc(INPUT_SIZE_MAX), *input;
	size_t size;

	if (!file || !buffer) {
		fprintf(stderr, "cannot read '%s': %s\n", path, strerror(errno));
		exit(1);
	}
	size = fread(buffer, 1, INPUT_SIZE_MAX, file);
	fclose(file);
	input = malloc(size + (size == 0));
	if (!input)
		abort();
	memcpy(input, buffer, size);
	free(buffer);
	printf("# %s\n", path);
	fflush(stdout); /* the last one named is the one that broke it */
	LLVMFuzzerTestOneInput(input, size);
	free(input);
}

static unsigned run_directory(const char *path)
{
	DIR *directory = opendir(path);
	const struct dirent *entry;
	unsigned n = 0;

	if (!directory) {
		fprintf(stderr, "cannot open '%s': %s\n", path, strerror(errno));
		exit(1);
	}
	while ((entry = readdir(directory))) {
		char name[4096];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		run_file(name);
		n++;
	}
	closedir(directory);
	return n;
}

int main(int argc, char *argv[])
{
	const char *srcdir = getenv("srcdir");
	char corpus[4096];
	unsigned n = 0;

	snprintf(corpus, sizeof(corpus), "%s/tests/fuzz/corpus/%s", srcdir ? srcdir : ".",
		 FUZZ_TARGET);
	if (argc < 2)
		n = run_directory(corpus);
	for (int i = 1; i < argc; i++)
		n += run_directory(argv[i]);
	printf("%u inputs\n", n);
	return n == 0;
}
