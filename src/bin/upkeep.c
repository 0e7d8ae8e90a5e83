/* upkeep.c - `pomona verify` and `pomona backup`: on the host, with or without a running server.
 * Both only read, so they never come between the server and its database. */
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/ctx.h"
#include "base/text.h"
#include "bin/commands.h"
#include "bin/settings.h"
#include "db/db.h"
#include "store/audit.h"

static enum err open_database(
	struct ctx *cx, const char *data, const char *url, struct db_pool **ret_pool)
{
	struct db_options options = {
		.url = url ? url : arena_printf(cx->mem, "sqlite:%s/pomona.db", data),
		.is_read_only = true,
	};
	return db_pool_open(cx, &options, ret_pool);
}

/* --- verify --------------------------------------------------------------------------------- */

static enum err verify(
	struct ctx *cx, const char *data, const char *url, struct audit_finding *ret_finding)
{
	struct db_pool *pool = NULL;
	enum err e = open_database(cx, data, url, &pool);
	if (e)
		return e;
	DB_AUTO(db);
	e = db_read(pool, cx, &db);
	if (!e)
		e = audit_verify(db, cx, ret_finding);
	db_release(&db);
	db_pool_close(pool);
	return e;
}

int verify_main(int argc, char **argv)
{
	CTX_AUTO(cx);
	const char *data, *url;
	struct audit_finding finding;
	const struct setting_row rows[] = {
		{ "data", SETTING_TEXT, 0, 0, "data", "DIR", "the server's data folder", &data },
		{ "database", SETTING_TEXT, 0, 0, NULL, "URL",
			"the server's database, when it is not in the data folder", &url },
	};
	const size_t count = sizeof(rows) / sizeof(rows[0]);
	if (argc >= 1 && text_equal(argv[0], "--help")) {
		fputs("usage: pomona verify [--data DIR] [--database URL]\n\n"
		      "Checks that no row of the audit trail was changed, taken out or put in. "
		      "Prints "
		      "the number of\nrows and the hash of the last one: noted elsewhere, they "
		      "also "
		      "show rows cut off at the end.\n\n",
			stdout);
		settings_help(rows, count, stdout);
		return EXIT_FINE;
	}
	enum err e = settings_read(&cx, rows, count, argc, argv);
	if (!e)
		e = verify(&cx, data, url, &finding);
	if (e)
		return command_failed(&cx, e);
	if (finding.bad_id) {
		printf("BROKEN at row %" PRId64 ": %s. The %" PRId64 " rows before it are whole.\n",
			finding.bad_id, finding.words, finding.rows);
		return EXIT_FAILED;
	}
	printf("whole: %" PRId64 " rows, the last with hash %s\n", finding.rows, finding.head);
	return EXIT_FINE;
}

/* --- backup --------------------------------------------------------------------------------- */

static enum err back_up(struct ctx *cx, const char *data, const char *url, const char *to)
{
	struct db_pool *pool = NULL;
	enum err e = open_database(cx, data, url, &pool);
	if (!e)
		e = db_backup(pool, cx, to);
	db_pool_close(pool);
	return e;
}

int backup_main(int argc, char **argv)
{
	CTX_AUTO(cx);
	const char *data, *url, *to;
	struct stat file = { 0 };
	const struct setting_row rows[] = {
		{ "data", SETTING_TEXT, 0, 0, "data", "DIR", "the server's data folder", &data },
		{ "database", SETTING_TEXT, 0, 0, NULL, "URL",
			"the server's database, when it is not in the data folder", &url },
		{ "to", SETTING_TEXT, 0, 0, NULL, "FILE", "the new file", &to },
	};
	const size_t count = sizeof(rows) / sizeof(rows[0]);
	if (argc >= 1 && text_equal(argv[0], "--help")) {
		fputs("usage: pomona backup --to FILE [--data DIR]\n\n"
		      "Copies the database while the server goes on. The key that opens the "
		      "secrets in "
		      "it is the file\n`key` of the data folder; it is not in the copy, keep it "
		      "apart.\n\n",
			stdout);
		settings_help(rows, count, stdout);
		return EXIT_FINE;
	}
	enum err e = settings_read(&cx, rows, count, argc, argv);
	if (!e && !to)
		e = err_set(&cx, ERR_INVALID, "settings.missing", "--to FILE is needed.");
	if (!e)
		e = back_up(&cx, data, url, to);
	if (e)
		return command_failed(&cx, e);
	(void)stat(to, &file);
	printf("saved: %s, %lld bytes; the key %s/key is kept apart\n", to, (long long)file.st_size,
		data);
	return EXIT_FINE;
}
