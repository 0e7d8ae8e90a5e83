#include "door.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../unit.h"
#include "apple/client.h"
#include "base/secret.h"
#include "base/wake.h"
#include "db/db.h"
#include "domain/audit_watch.h"
#include "domain/events.h"
#include "http/routes.h"

/* A handler that would stream for ever is cut off; what counts is that it was let in. */
#define PATIENCE_MS 3000

static void open_database(struct door *d)
{
	struct db_options options = {
		.url = arena_printf(d->cx.mem, "sqlite:%s/pomona.db", d->folder),
		.readers = 4,
	};
	assert_int_equal(db_pool_open(&d->cx, &options, &d->app.db), OK);
	assert_int_equal(db_migrate(d->app.db, &d->cx), OK);
	assert_int_equal(
		secret_key_open(&d->cx, arena_printf(d->cx.mem, "%s/key", d->folder), &d->app.key),
		OK);
}

void door_open(struct door *d)
{
	*d = (struct door){ .folder = "/tmp/pomona-door-XXXXXX" };
	secret_init();
	ctx_init(&d->cx);
	d->cx.actor.kind = "cli"; /* who may make tokens without an end */
	assert_non_null(mkdtemp(d->folder));
	assert_int_equal(mkdir(arena_printf(d->cx.mem, "%s/tmp", d->folder), 0700), 0);
	d->app.settings = (struct app_settings){ .data_folder = d->folder,
		.apple_url = "http://127.0.0.1:1/twin/mdm/v2",
		.public_url = "https://pomona.example",
		.settle_ms = 1000 };
	open_database(d);
	assert_int_equal(apple_new(&d->cx, d->app.settings.apple_url, &d->app.apple), OK);
	d->app.lane_wake = wake_new();
	d->app.deliver_wake = wake_new();
	d->app.events = events_new();
	d->app.audit_wake = wake_new();
	d->app.audit_watch = audit_watch_new();
	assert_int_equal(access_setup_prepare(&d->app, &d->cx), OK);
	snprintf(d->setup_code, sizeof(d->setup_code), "%s", d->app.setup_code);
	for (enum role role = ROLE_AUDITOR; role <= ROLE_OWNER; role++) {
		struct api_token row;
		char *token;
		assert_int_equal(access_token_create(&d->app, &d->cx, access_role_name(role),
					 access_role_name(role), 0, &row, &token),
			OK);
		d->tokens[role] = token;
	}
	assert_int_equal(http_door_open(&d->app, &d->cx, "127.0.0.1:0", &d->server), OK);
	assert_int_equal(http_client_new(&d->cx, "door-test", &d->client), OK);
}

void door_close(struct door *d)
{
	static const char *const files[] = { "pomona.db", "pomona.db-wal", "pomona.db-shm", "key",
		"tmp" };
	http_client_free(d->client);
	http_server_stop(d->server);
	events_free(d->app.events);
	apple_free(d->app.apple);
	db_pool_close(d->app.db);
	secret_key_close(d->app.key);
	wake_free(d->app.lane_wake);
	wake_free(d->app.deliver_wake);
	wake_free(d->app.audit_wake);
	audit_watch_free(d->app.audit_watch);
	for (size_t i = 0; i < COUNT(files); i++)
		remove(arena_printf(d->cx.mem, "%s/%s", d->folder, files[i]));
	remove(d->folder);
	ctx_fini(&d->cx);
}

struct http_answer door_ask(struct door *d, const char *method, const char *path,
	const char *const *headers, const char *body)
{
	struct http_answer answer = { 0 };
	struct http_call call = {
		.method = method,
		.url = arena_printf(
			d->cx.mem, "http://127.0.0.1:%d%s", http_server_port(d->server), path),
		.body = body,
		.body_length = body ? strlen(body) : 0,
		.total_timeout_ms = PATIENCE_MS,
	};
	for (size_t i = 0; headers && headers[i]; i++)
		call.headers[i] = headers[i];
	if (http_client_call(d->client, &d->cx, &call, &answer))
		answer.status = 0;
	return answer;
}

struct http_answer door_ask_as(
	struct door *d, enum role role, const char *method, const char *path, const char *body)
{
	const char *headers[3] = { 0 };
	size_t n = 0;
	if (role != ROLE_NONE)
		headers[n++] = arena_printf(d->cx.mem, "Authorization: Bearer %s", d->tokens[role]);
	if (body)
		headers[n++] = "Content-Type: application/json";
	return door_ask(d, method, path, headers, body);
}
