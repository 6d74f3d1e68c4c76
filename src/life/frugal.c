// SPDX-License-Identifier: Apache-2.0
/* Giving back what a process that only waits does not need. Runs in: the monitor. */
#include "life/life.h"

#include "base/placement.h"

#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define SEGMENTS_MAX 8

/* struct segments - What of the program's file is mapped and never written */
struct segments {
	size_t n;
	struct {
		uintptr_t start;
		uintptr_t length;
		bool code;
	} v[SEGMENTS_MAX];
};

static int list_segments(struct dl_phdr_info *info, size_t size, void *arg)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	struct segments *segments = arg;

	(void)size;
	for (size_t i = 0; i < info->dlpi_phnum && segments->n < SEGMENTS_MAX; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		uintptr_t start = info->dlpi_addr + segment->p_vaddr;
		uintptr_t end = (start + segment->p_memsz) & ~(page - 1);

		start = (start + page - 1) & ~(page - 1);
		if (segment->p_type != PT_LOAD || segment->p_flags & PF_W || start >= end)
			continue;
		segments->v[segments->n].start = start;
		segments->v[segments->n].length = end - start;
		segments->v[segments->n++].code = segment->p_flags & PF_X;
	}
	return 1; /* the program itself comes first; a library's pages are others', too */
}

IDLE_LOOP void life_trim_memory(void)
{
	struct segments segments = { .n = 0 };

	dl_iterate_phdr(list_segments, &segments);
	/* the code last: what runs afterwards comes back at once */
	for (int code = 0; code <= 1; code++)
		for (size_t i = 0; i < segments.n; i++)
			if (segments.v[i].code == code)
				madvise((void *)segments.v[i].start, segments.v[i].length,
					MADV_DONTNEED);
}
