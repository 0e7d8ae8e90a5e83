/* `pomona serve`: the wiring, in order, and the same list in reverse. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apple/client.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/log.h"
#include "base/rate.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/wake.h"
#include "bin/commands.h"
#include "bin/data_folder.h"
#include "bin/host_door.h"
#include "bin/settings.h"
#include "db/db.h"
#include "domain/access.h"
#include "domain/app.h"
#include "domain/audit_watch.h"
#include "domain/events.h"
#include "http/routes.h"
#include "net/http_client.h"
#include "work/work.h"

#define APPLE_GRACE_MS  5000 /* calls to Apple under way may end; one that hangs may not hold us */
#define RESTART_WAIT_MS 5000 /* for the server before this one to end */

struct server {
	struct settings settings;
	struct app app;
	char setup_code[sizeof(((struct app *)0)->setup_code)]; /* to greet with */
	int lock;
	struct http_server *http;
	struct host_door *host_door;
	struct work *work;
	sigset_t stop_signals;
};

static enum err check_web_address(struct ctx *cx, const char *flag, const char *url)
{
	struct http_url parts;
	if (!url || (!http_url_parse(cx, url, &parts) && (text_equal(parts.scheme, "https") ||
								 text_equal(parts.scheme, "http"))))
		return OK;
	return err_set(cx, ERR_INVALID, "settings.url",
		"%s %s is not an address like https://pomona.example.", flag, url);
}

static enum err check_smtp(struct ctx *cx, const char *smtp)
{
	const char *colon = smtp ? strrchr(smtp, ':') : NULL;
	int64_t port;
	if (!smtp || (colon && colon > smtp && !text_parse_i64(colon + 1, 1, 65535, &port)))
		return OK;
	return err_set(cx, ERR_INVALID, "settings.smtp",
		"--smtp %s is not a mail server like mail.example.org:25.", smtp);
}

/* Paths are put behind it with a slash of their own. */
static const char *without_last_slash(struct ctx *cx, const char *url)
{
	size_t length = url ? strlen(url) : 0;
	while (length && url[length - 1] == '/')
		length--;
	return url ? arena_strndup(cx->mem, url, length) : NULL;
}

static enum err read_settings(struct server *s, struct ctx *cx, int argc, char **argv)
{
	size_t count;
	int64_t settle_seconds, requests;
	const struct setting_row *rows = settings_rows(cx, &s->settings, &count);
	enum err e = settings_read(cx, rows, count, argc, argv);
	if (!e)
		e = check_web_address(cx, "--public-url", s->settings.public_url);
	if (!e)
		e = check_web_address(cx, "--mdm-url", s->settings.mdm_url);
	if (!e)
		e = check_smtp(cx, s->settings.smtp);
	if (!e)
		e = text_parse_i64(s->settings.settle_seconds, 0, INT32_MAX, &settle_seconds);
	if (!e)
		e = text_parse_i64(s->settings.requests_per_minute, 0, INT32_MAX, &requests);
	if (e)
		return e;
	s->app.life = clock_now_ms();
	s->app.settings = (struct app_settings){
		.data_folder = s->settings.data,
		.apple_url = without_last_slash(cx, s->settings.apple_url),
		.public_url = without_last_slash(cx, s->settings.public_url),
		.mdm_url = without_last_slash(cx, s->settings.mdm_url),
		.smtp = s->settings.smtp,
		.settle_ms = settle_seconds * 1000,
		.requests_per_minute = requests,
		.cookies_secure = s->settings.public_url &&
		                  text_starts_with(s->settings.public_url, "https://"),
	};
	return OK;
}

/* Whole or not at all: whoever waits for the file reads a port in it. */
static enum err write_port_file(struct ctx *cx, const char *path, int port)
{
	if (!path)
		return OK;
	char *beside = arena_printf(cx->mem, "%s.%d", path, (int)getpid());
	FILE *file = fopen(beside, "we");
	bool is_written = file && fprintf(file, "%d\n", port) > 0;
	if (file && fclose(file))
		is_written = false;
	if (is_written && !rename(beside, path))
		return OK;
	return err_set(cx, ERR_IO, "settings.port_file", "The port file %s cannot be written: %s.",
		path, strerror(errno));
}

/* "0.0.0.0:8080" is an address to listen on, not one to go to. */
static char *address_for_people(struct ctx *cx, const char *listen, int port)
{
	const char *colon = strrchr(listen, ':');
	int length = colon ? (int)(colon - listen) : (int)strlen(listen);
	char *host = arena_strndup(cx->mem, listen, (size_t)length);
	if (!*host || text_equal(host, "0.0.0.0") || text_equal(host, "[::]") ||
		text_equal(host, "*"))
		host = arena_strdup(cx->mem, "127.0.0.1");
	return arena_printf(cx->mem, "http://%s:%d", host, port);
}

static void greet(const struct server *s)
{
	printf("Pomona " POMONA_VERSION "\n\n  Portal:         %s/\n", s->app.settings.public_url);
	/* Our own copy: whoever is quick with the first owner wipes the other meanwhile. */
	if (*s->setup_code)
		printf("  Set-up code:    %s\n                  asked once in the portal, to make "
		       "the first "
		       "owner\n",
			s->setup_code);
	fflush(stdout);
}

/* The port in "0.0.0.0:8080"; 0: the system chooses one. */
static int port_wanted(const char *listen)
{
	const char *colon = strrchr(listen, ':');
	int64_t port = 0;
	return colon && !text_parse_i64(colon + 1, 1, 65535, &port) ? (int)port : 0;
}

/* Requests read our address, so it stands before the door opens. Of a port that the system chooses
 * nobody can know before we do. */
static enum err open_door(struct server *s, struct ctx *cx, int *ret_port)
{
	struct app *app = &s->app;
	const char *listen = s->settings.listen;
	int port = port_wanted(listen);
	memcpy(s->setup_code, app->setup_code, sizeof(s->setup_code));
	if (!app->settings.public_url && port)
		app->settings.public_url = address_for_people(cx, listen, port);
	enum err e = http_door_open(app, cx, listen, &s->http);
	if (e)
		return e;
	*ret_port = http_server_port(s->http);
	if (!app->settings.public_url)
		app->settings.public_url = address_for_people(cx, listen, *ret_port);
	return OK;
}

static enum err open_all(struct server *s, struct ctx *cx)
{
	struct app *app = &s->app;
	const char *data = s->settings.data;
	/* First, because it refuses a wrong address before anything is touched. */
	enum err e = apple_new(cx, app->settings.apple_url, &app->apple);
	if (!e)
		e = data_folder_open(cx, data);
	if (!e)
		e = data_folder_lock(cx, data, RESTART_WAIT_MS, &s->lock);
	KILL_POINT("start.locked");
	if (!e)
		e = secret_key_open(cx, arena_printf(cx->mem, "%s/key", data), &app->key);
	KILL_POINT("start.keyed");
	if (!e)
		e = data_folder_database(cx, data, s->settings.database, &app->db);
	KILL_POINT("start.opened");
	if (e)
		return e;
	app->lane_wake = wake_new();
	app->deliver_wake = wake_new();
	app->import_wake = wake_new();
	app->schedule_wake = wake_new();
	app->audit_wake = wake_new();
	app->audit_watch = audit_watch_new();
	app->events = events_new();
	app->rate = rate_new(app->settings.requests_per_minute);
	e = access_setup_prepare(app, cx);
	int port = 0;
	if (!e)
		e = open_door(s, cx, &port);
	KILL_POINT("start.listening");
	if (!e)
		e = host_door_open(app, cx, &s->host_door);
	if (!e)
		e = work_start(app, cx, &s->work);
	KILL_POINT("start.working");
	if (!e)
		e = write_port_file(cx, s->settings.port_file, port);
	return e;
}

/* Safe on what was never opened. */
static void close_all(struct server *s)
{
	host_door_close(s->host_door);
	apple_end_soon(s->app.apple, APPLE_GRACE_MS);
	http_server_stop(s->http);
	work_stop(s->work);
	events_free(s->app.events);
	rate_free(s->app.rate);
	apple_free(s->app.apple);
	db_pool_close(s->app.db);
	wake_free(s->app.deliver_wake);
	wake_free(s->app.import_wake);
	wake_free(s->app.schedule_wake);
	wake_free(s->app.audit_wake);
	audit_watch_free(s->app.audit_watch);
	wake_free(s->app.lane_wake);
	secret_key_close(s->app.key);
	data_folder_unlock(s->lock);
}

static int show_help(struct ctx *cx)
{
	struct settings s;
	size_t count;
	const struct setting_row *rows = settings_rows(cx, &s, &count);
	puts("usage: pomona serve [OPTIONS]\n\nStarts the server: the portal, the API and the work "
	     "in the "
	     "background. SIGINT or SIGTERM ends it.\n");
	settings_help(rows, count, stdout);
	return EXIT_FINE;
}

int serve_main(int argc, char **argv)
{
	CTX_AUTO(cx);
	struct server s = { .lock = -1 };
	int number;
	if (argc >= 1 && (text_equal(argv[0], "--help") || text_equal(argv[0], "-h")))
		return show_help(&cx);
	enum err e = read_settings(&s, &cx, argc, argv);
	if (e)
		return command_failed(&cx, e);
	/* Blocked before the first thread is made, so that sigwait alone gets them. */
	sigemptyset(&s.stop_signals);
	sigaddset(&s.stop_signals, SIGINT);
	sigaddset(&s.stop_signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &s.stop_signals, NULL);
	e = open_all(&s, &cx);
	if (!e) {
		greet(&s);
		log_event(LOG_INFO, "server.started", "version=%s port=%d", POMONA_VERSION,
			http_server_port(s.http));
		sigwait(&s.stop_signals, &number);
		log_event(LOG_INFO, "server.stopping", "signal=%d", number);
	}
	close_all(&s);
	return e ? command_failed(&cx, e) : EXIT_FINE;
}
