// SPDX-License-Identifier: Apache-2.0
/*
 * A main for the fuzz targets, for compilers without libFuzzer: runs each file of some directories
 * once, and then what becomes of it when bytes are changed. Prints TAP. Ends by abort() where a
 * fuzz target finds something.
 *
 * usage: replay MUTATIONS DIRECTORY...
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_BYTES_MAX 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t random_state = 1;

static uint32_t random_below(uint32_t limit)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(random_state >> 33) % limit;
}

/* A heap copy of the exact size, so that a sanitizer sees a read behind its end. */
static void run_input(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + (size == 0));

	if (!copy)
		abort();
	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static size_t mutate(uint8_t *data, size_t size)
{
	static const uint8_t lively[] = "0123456789::\n\n -+#\0alice1001";
	uint32_t changes = 1 + random_below(4);

	for (uint32_t i = 0; i < changes && size > 0; i++) {
		uint32_t at = random_below((uint32_t)size);

		switch (random_below(4)) {
		case 0:
			data[at] = (uint8_t)random_below(256);
			break;
		case 1:
			data[at] = lively[random_below(sizeof(lively))];
			break;
		case 2:
			memmove(&data[at], &data[at + 1], size - at - 1);
			size--;
			break;
		default:
			if (size == INPUT_BYTES_MAX)
				break;
			memmove(&data[at + 1], &data[at], size - at);
			data[at] = lively[random_below(sizeof(lively))];
			size++;
			break;
		}
	}
	return size;
}

static void run_file(const char *path, unsigned mutations)
{
	static uint8_t original[INPUT_BYTES_MAX];
	static uint8_t changed[INPUT_BYTES_MAX];
	FILE *file = fopen(path, "rb");
	size_t size;

	if (!file) {
		perror(path);
		exit(2);
	}
	size = fread(original, 1, sizeof(original), file);
	fclose(file);
	run_input(original, size);
	for (unsigned i = 0; i < mutations; i++) {
		memcpy(changed, original, size);
		run_input(changed, mutate(changed, size));
	}
}

static int run_directory(const char *name, unsigned mutations)
{
	DIR *directory = opendir(name);
	struct dirent *entry;
	char path[4096];
	int files = 0;

	if (!directory) {
		perror(name);
		exit(2);
	}
	while ((entry = readdir(directory))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", name, entry->d_name);
		run_file(path, mutations);
		files++;
	}
	closedir(directory);
	return files;
}

int main(int argc, char *argv[])
{
	unsigned mutations = argc > 2 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;
	int number = 0;

	if (argc < 3) {
		fprintf(stderr, "usage: replay MUTATIONS DIRECTORY...\n");
		return 2;
	}
	for (int i = 2; i < argc; i++) {
		int files = run_directory(argv[i], mutations);

		printf("%s %d - %d inputs of %s, and %u variations of each\n",
		       files > 0 ? "ok" : "not ok", ++number, files, argv[i], mutations);
	}
	printf("1..%d\n", number);
	return 0;
}
