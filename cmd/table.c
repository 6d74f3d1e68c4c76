// SPDX-License-Identifier: Apache-2.0
/* Printing columns. */
#include "table.h"

#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *copy_cell(const char *text)
{
	char *copy = report_escape(text);

	if (!copy) {
		fputs("nsrun: out of memory\n", stderr);
		exit(125);
	}
	return copy;
}

static void make_room(struct table *table)
{
	char **cells;

	if (table->n + table->columns <= table->room)
		return;
	table->room = table->room * 2 + 64 * table->columns;
	cells = realloc(table->cells, table->room * sizeof(*cells));
	if (!cells) {
		fputs("nsrun: out of memory\n", stderr);
		exit(125);
	}
	table->cells = cells;
}

void table_begin(struct table *table, const char *const *titles, size_t columns)
{
	*table = (struct table){ .columns = columns };
	table_row(table, titles);
}

void table_row(struct table *table, const char *const *cells)
{
	make_room(table);
	for (size_t i = 0; i < table->columns; i++) {
		char *cell = copy_cell(cells[i]);

		if (strlen(cell) > table->widths[i])
			table->widths[i] = strlen(cell);
		table->cells[table->n++] = cell;
	}
}

void table_end(struct table *table)
{
	for (size_t i = 0; i < table->n; i++) {
		size_t column = i % table->columns;

		if (column + 1 == table->columns)
			printf("%s\n", table->cells[i]);
		else
			printf("%-*s  ", (int)table->widths[column], table->cells[i]);
		free(table->cells[i]);
	}
	free(table->cells);
	fflush(stdout);
}
