/* SPDX-License-Identifier: Apache-2.0 */
/* Printing columns that are as wide as what is in them. */
#ifndef NSRUN_CMD_TABLE_H
#define NSRUN_CMD_TABLE_H

#include <stddef.h>

#define TABLE_COLUMNS_MAX 12

/** struct table - Rows that are held until the widths are known */
struct table {
	size_t columns;
	size_t widths[TABLE_COLUMNS_MAX];
	char **cells;
	size_t n;
	size_t room;
};

/** table_begin() - A table with a line of titles. */
void table_begin(struct table *table, const char *const *titles, size_t columns);

/** table_begin_tabs(), table_row_tabs() - The same from one text with tabs between the cells. */
void table_begin_tabs(struct table *table, const char *titles);
void table_row_tabs(struct table *table, const char *text);

/** table_row() - One more line; copies the cells. */
void table_row(struct table *table, const char *const *cells);

/** table_end() - Print it, with nothing in a cell that could steer a terminal. */
void table_end(struct table *table);

#endif
