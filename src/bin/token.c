/* `pomona token create`: an API token, made on the host itself. With a running server, it writes;
 * without one, this process opens the database under the same lock. */
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "base/secret.h"
#include "base/text.h"
#include "bin/commands.h"
#include "bin/data_folder.h"
#include "bin/host_door.h"
#include "bin/settings.h"
#include "db/db.h"
#include "domain/access.h"
#include "domain/app.h"

#define START_WAIT_MS 5000 /* a server that is just starting, or just ending */
#define LOOK_AGAIN_MS 100

struct wish {
	const char *data, *database, *name, *role;
};

static const char *asker(struct ctx *cx)
{
	const struct passwd *user = getpwuid(geteuid());
	return user ? arena_strdup(cx->mem, user->pw_name)
	            : arena_printf(cx->mem, "uid %d", (int)geteuid());
}

static enum err create_here(struct ctx *cx, const struct wish *wish, char **ret_token)
{
	struct app app = { .settings.data_folder = wish->data };
	struct api_token row;
	enum err e = secret_key_open(cx, arena_printf(cx->mem, "%s/key", wish->data), &app.key);
	if (!e)
		e = data_folder_database(cx, wish->data, wish->database, &app.db);
	cx->actor = (struct actor){ .kind = "cli", .name = asker(cx), .from = "" };
	if (!e)
		e = access_token_create(&app, cx, wish->name, wish->role, 0, &row, ret_token);
	db_pool_close(app.db);
	secret_key_close(app.key);
	return e;
}

/* Either the lock is to be had, or someone who has it listens: both may be a moment away. */
static enum err create(struct ctx *cx, const struct wish *wish, char **ret_token)
{
	int64_t until_ms = clock_mono_ms() + START_WAIT_MS;
	for (;;) {
		int lock;
		enum err e = data_folder_lock(cx, wish->data, LOOK_AGAIN_MS, &lock);
		if (!e) {
			e = create_here(cx, wish, ret_token);
			data_folder_unlock(lock);
			return e;
		}
		if (e != ERR_CONFLICT)
			return e;
		e = host_door_ask_token(
			cx, wish->data, wish->name, wish->role, asker(cx), ret_token);
		if (e != ERR_NOT_FOUND || clock_mono_ms() > until_ms)
			return e;
	}
}

/* A path that was mistyped does not become a new installation, whose token opens nothing. */
static enum err check_folder(struct ctx *cx, const char *data)
{
	if (!access(arena_printf(cx->mem, "%s/key", data), F_OK))
		return OK;
	return err_set(cx, ERR_NOT_FOUND, "data.none",
		"There is no data of a Pomona server in the folder %s. Give the server's folder "
		"with "
		"--data; if it is new, start the server with it once.",
		data);
}

int token_main(int argc, char **argv)
{
	CTX_AUTO(cx);
	struct wish wish;
	const struct setting_row rows[] = {
		{ "data", SETTING_TEXT, 0, 0, "data", "DIR", "the server's data folder",
			&wish.data },
		{ "database", SETTING_TEXT, 0, 0, NULL, "URL",
			"the server's database, when it is not in the data folder",
			&wish.database },
		{ "name", SETTING_TEXT, 0, 0, NULL, "NAME", "what the token is for", &wish.name },
		{ "role", SETTING_TEXT, 0, 0, NULL, "ROLE", "owner, admin, operator or auditor",
			&wish.role },
	};
	const size_t count = sizeof(rows) / sizeof(rows[0]);
	bool is_create = argc >= 1 && text_equal(argv[0], "create");
	if (!is_create || (argc >= 2 && text_equal(argv[1], "--help"))) {
		FILE *out = is_create ? stdout : stderr;
		fputs("usage: pomona token create --name NAME --role ROLE [--data DIR] [--database "
		      "URL]\n\n"
		      "Prints a new API token, once. Works with and without a running server.\n\n",
			out);
		settings_help(rows, count, out);
		return is_create ? EXIT_FINE : EXIT_USAGE;
	}
	char *token = NULL;
	enum err e = settings_read(&cx, rows, count, argc - 1, argv + 1);
	if (!e && (!wish.name || !wish.role))
		e = err_set(&cx, ERR_INVALID, "settings.missing", "--name and --role are needed.");
	if (!e)
		e = check_folder(&cx, wish.data);
	if (!e)
		e = data_folder_open(&cx, wish.data);
	if (!e)
		e = create(&cx, &wish, &token);
	if (e)
		return command_failed(&cx, e);
	puts(token);
	return EXIT_FINE;
}
