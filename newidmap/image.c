// SPDX-License-Identifier: Apache-2.0
#include "newidmap/image.h"

#include <elf.h>
#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>

/* the linker's: where the file begins in memory */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

bool image_seal(void)
{
	const char *base = (const char *)&__ehdr_start;
	uintptr_t page = getauxval(AT_PAGESZ);
	const ElfW(Phdr) *headers = (const ElfW(Phdr) *)(const void *)(base + __ehdr_start.e_phoff);

	for (size_t i = 0; i < __ehdr_start.e_phnum; i++) {
		uintptr_t from = (uintptr_t)base + headers[i].p_vaddr;
		uintptr_t to = from + headers[i].p_memsz;

		/* the linker ends it where a page ends, and begins it where it likes */
		from &= ~(page - 1);
		if (headers[i].p_type == PT_GNU_RELRO && mprotect((void *)from, to - from, PROT_READ) < 0)
			return false;
	}
	return true;
}
