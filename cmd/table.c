// SPDX-License-Identifier: Apache-2.0
/* Printing columns. */
#include "table.h"

#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn static void give_up(void)
{
	fputs("nsrun: out of memory\n", stderr);
	exit(125);
}

static char *copy_cell(const char *text)
{
	char *copy = report_escape(text);

	if (!copy)
		give_up();
	return copy;
}

static void make_room(struct table *table)
{
	char **cells;

	if (table->n + table->columns <= table->room)
		return;
	table->room = table->room * 2 + 64 * table->columns;
	cells = realloc(table->cells, table->room * sizeof(*cells));
	if (!cells)
		give_up();
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

/* cells that are missing are empty; those that are too many are dropped */
static void split(char *text, const char *cells[TABLE_COLUMNS_MAX], size_t *ret_n)
{
	char *tab;

	for (size_t i = 0; i < TABLE_COLUMNS_MAX; i++)
		cells[i] = "";
	for (*ret_n = 0; *ret_n < TABLE_COLUMNS_MAX; text = tab + 1) {
		cells[(*ret_n)++] = text;
		tab = strchr(text, '\t');
		if (!tab)
			return;
		*tab = '\0';
	}
}

void table_begin_tabs(struct table *table, const char *titles)
{
	const char *cells[TABLE_COLUMNS_MAX];
	char *copy = strdup(titles);
	size_t n;

	if (!copy)
		give_up();
	split(copy, cells, &n);
	table_begin(table, cells, n);
	free(copy);
}

void table_row_tabs(struct table *table, const char *text)
{
	const char *cells[TABLE_COLUMNS_MAX];
	char *copy = strdup(text);
	size_t n;

	if (!copy)
		give_up();
	split(copy, cells, &n);
	table_row(table, cells);
	free(copy);
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
