/* migrations.h - the numbered migrations, built in by tools/sqlgen. */
#pragma once

struct db_migration {
	int number; /* from 1; a row with 0 ends the table */
	const char *name;
	const char *sha256;
	const char *sql; /* with {{id}} and {{collate}} still in it */
};

extern const struct db_migration db_migrations[];
