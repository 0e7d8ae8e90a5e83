#include "twin/apple.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "net/http_server.h"
#include "twin/accept_page.h"
#include "twin/errors.h"
#include "twin/location.h"
#include "twin/page.h"
#include "twin/twin.h"
#include "twin/wire.h"

#define BODY_LIMIT   (4u * 1024 * 1024)
#define ANSWER_LIMIT (64u * 1024 * 1024)

#define OPEN(name, run)  (&(const struct apple_operation){ name, run, false, false, false })
#define READ(name, run)  (&(const struct apple_operation){ name, run, true, false, false })
#define SET(name, run)   (&(const struct apple_operation){ name, run, true, true, false })
#define WRITE(name, run) (&(const struct apple_operation){ name, run, true, true, true })

static const struct http_route routes[] = {
	{ "GET", APPLE_BASE "/service/config", 0, 0, OPEN("service.config", apple_service_config) },
	{ "GET", APPLE_BASE "/client/config", 0, 0,
		READ("client.config", apple_client_config_get) },
	{ "POST", APPLE_BASE "/client/config", BODY_LIMIT, HTTP_SLOW,
		SET("client.configure", apple_client_config_set) },
	{ "GET", APPLE_BASE "/users", 0, 0, READ("users.get", apple_users_get) },
	{ "POST", APPLE_BASE "/users/create", BODY_LIMIT, 0,
		WRITE("users.create", apple_users_create) },
	{ "POST", APPLE_BASE "/users/update", BODY_LIMIT, 0,
		WRITE("users.update", apple_users_update) },
	{ "POST", APPLE_BASE "/users/retire", BODY_LIMIT, 0,
		WRITE("users.retire", apple_users_retire) },
	{ "GET", APPLE_BASE "/assets", 0, 0, READ("assets.get", apple_assets_get) },
	{ "POST", APPLE_BASE "/assets/associate", BODY_LIMIT, 0,
		WRITE("assets.associate", apple_assets_associate) },
	{ "POST", APPLE_BASE "/assets/disassociate", BODY_LIMIT, 0,
		WRITE("assets.disassociate", apple_assets_disassociate) },
	{ "POST", APPLE_BASE "/assets/revoke", BODY_LIMIT, 0,
		WRITE("assets.revoke", apple_assets_revoke) },
	{ "GET", APPLE_BASE "/assignments", 0, 0, READ("assignments.get", apple_assignments_get) },
	{ "GET", APPLE_BASE "/status", 0, 0, READ("status", apple_status) },
	{ "GET", APPLE_INVITE, 0, 0, NULL },
	{ "POST", APPLE_INVITE, 65536, 0, NULL },
	{ "GET", "/style.css", 0, 0, page_style },
};

char *apple_origin(const struct apple_call *call)
{
	const char *host = http_header(call->rq, "Host");
	if (*call->twin->knobs.urls_host)
		host = call->twin->knobs.urls_host;
	return arena_printf(call->cx->mem, "http://%s/twin", host ? host : "127.0.0.1");
}

/* The header's form (9722), then the token: known, not revoked, not expired, not too fast. */
static int check_token(struct apple_call *call)
{
	const char *header = http_header(call->rq, "Authorization");
	if (!header || strncasecmp(header, "Bearer ", 7) || text_is_blank(header + 7))
		return 9722;
	int64_t now = twin_now(call->twin);
	struct token *t = token_find(call->twin, call->cx->mem, header + 7);
	if (!t)
		return 9622;
	call->token = t;
	call->location = t->location;
	if (token_state(t, now) == TOKEN_REVOKED)
		return 9625;
	if (token_state(t, now) == TOKEN_EXPIRED)
		return 9621;
	if (call->twin->knobs.rate_limit &&
		!location_may_call(t->location, clock_mono_ms(),
			call->twin->knobs.limits[LIMIT_REQUEST_PER_SECOND]))
		return 9646;
	return 0;
}

static int check_body(struct apple_call *call)
{
	const char *type = http_header(call->rq, "Content-Type");
	if (!type || strncasecmp(type, "application/json", 16))
		return 9727;
	if (json_parse(call->cx, http_body(call->rq), http_body_length(call->rq), &call->body) ||
		!json_is_object(call->body))
		return 9602;
	return 0;
}

static void write_common(struct apple_call *call)
{
	struct location *l = call->location;
	const struct knobs *k = &call->twin->knobs;
	if (!l)
		return;
	jw_str(call->w, "uId", l->uid);
	int64_t left = call->token->expires_at - twin_now(call->twin);
	if (!k->expiry_field_days || left < k->expiry_field_days * 24 * 3600 * 1000)
		jw_str(call->w, "tokenExpirationDate",
			twin_apple_date(call->cx->mem, call->token->expires_at));
	if (k->leave_out_mdm_info || (!l->mdm_id && !k->null_mdm_info))
		return;
	if (!l->mdm_id) {
		jw_null(call->w, "mdmInfo");
		return;
	}
	jw_object(call->w, "mdmInfo");
	jw_str(call->w, "id", l->mdm_id);
	jw_str(call->w, "name", l->mdm_name);
	jw_str(call->w, "metadata", l->mdm_metadata);
	jw_end_object(call->w);
}

static void write_error(struct buf *out, int number)
{
	struct json_writer w;
	buf_clear(out);
	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_i64(&w, "errorNumber", number);
	jw_str(&w, "errorMessage", errors_text(number));
	jw_end_object(&w);
}

static int run(struct apple_call *call, const struct apple_operation *op, struct buf *out)
{
	int number = op->needs_token ? check_token(call) : 0;
	if (!number && op->has_body)
		number = check_body(call);
	if (!number && op->is_management && call->token->is_read_only)
		number = 9637;
	if (number)
		return number;
	struct json_writer w;
	jw_init(&w, out);
	call->w = &w;
	jw_object(&w, NULL);
	number = op->run(call);
	if (number)
		return number;
	if (call->event)
		jw_str(&w, "eventId", call->event->id);
	write_common(call);
	jw_end_object(&w);
	return 0;
}

/* The answer of a fault that keeps the call from being carried out. */
static int answer_fault(
	struct apple_call *call, struct http_reply *rp, const struct fault *f, struct buf *out)
{
	static const char page[] = "<!doctype html><title>Sign in</title><h1>Sign in to go on</h1>";
	const char *type = "application/json";
	if (f->kind == FAULT_DROP_CALL) {
		http_reply_cut(rp, 0);
		return 0;
	}
	http_reply_status(rp, f->status);
	if (*f->retry_after)
		http_reply_header(rp, "Retry-After", f->retry_after);
	if (f->kind == FAULT_REDIRECT)
		http_reply_header(rp, "Location",
			arena_printf(call->cx->mem, "%s/elsewhere", apple_origin(call)));
	if (f->error_number && f->kind != FAULT_HTML && f->kind != FAULT_EMPTY)
		write_error(out, f->error_number);
	if (f->kind == FAULT_HTML) {
		buf_puts(out, page);
		type = "text/html; charset=utf-8";
	}
	http_reply_body(rp, type, out->bytes, out->length);
	return f->status;
}

/* Chance: what the knobs spoil without being told. */
static struct fault random_fault(struct twin *twin)
{
	struct fault f = { 0 };
	if (random_percent(&twin->random, twin->knobs.busy_percent)) {
		f.kind = FAULT_STATUS;
		f.status = 503;
		f.error_number = random_below(&twin->random, 2) ? 9729 : 0;
		snprintf(f.retry_after, sizeof(f.retry_after), "%d",
			1 + (int)random_below(&twin->random, 3));
	} else if (random_percent(&twin->random, twin->knobs.cut_percent)) {
		f.kind = FAULT_CUT;
		f.bytes = -1; /* anywhere */
	}
	return f;
}

static struct fault pick_fault(struct apple_call *call, const struct apple_operation *op)
{
	/* The location is only known by the token; a look that counts for nothing. */
	const char *header = http_header(call->rq, "Authorization");
	struct token *t = header && strlen(header) > 7
	                          ? token_find(call->twin, call->cx->mem, header + 7)
	                          : NULL;
	struct fault f =
		faults_take(&call->twin->faults, op->name, op->has_body, t ? t->location->uid : "");
	return f.kind ? f : random_fault(call->twin);
}

static void spoil(struct apple_call *call, struct http_reply *rp, const struct fault *f,
	const struct buf *out)
{
	struct twin *twin = call->twin;
	if (f->kind == FAULT_CUT)
		http_reply_cut(rp,
			f->bytes < 0 ? random_below(&twin->random, out->length) : (size_t)f->bytes);
	else if (f->kind == FAULT_DROP_ANSWER)
		http_reply_cut(rp, 0);
	else if (f->kind == FAULT_DELAY)
		http_reply_delay(rp, f->delay_ms);
}

static int answer(struct apple_call *call, const struct apple_operation *op, struct http_reply *rp,
	const struct fault *f, int *ret_number)
{
	struct twin *twin = call->twin;
	BUF_AUTO(out, ANSWER_LIMIT);
	BUF_AUTO(disordered, ANSWER_LIMIT);
	if (!fault_is_applied(f->kind)) {
		*ret_number = f->error_number;
		return answer_fault(call, rp, f, &out);
	}
	int number = *ret_number = run(call, op, &out);
	int code = number == 9622 ? (int)twin->knobs.invalid_token_status
	           : number       ? errors_status(number)
	                          : 200;
	if (number)
		write_error(&out, number);
	struct buf *last = &out;
	if (twin->knobs.disorder_keys || twin->knobs.unknown_keys) {
		wire_disorder(call->cx, &twin->random, twin->knobs.disorder_keys,
			twin->knobs.unknown_keys, out.bytes, &disordered);
		last = &disordered;
	}
	size_t length = f->kind == FAULT_HALF_JSON ? last->length / 2 : last->length;
	http_reply_status(rp, code);
	http_reply_body(rp, "application/json", last->bytes, length);
	spoil(call, rp, f, last);
	return f->kind == FAULT_DROP_ANSWER ? 0 : code;
}

static void note_call(struct apple_call *call, const struct apple_operation *op,
	const struct fault *f, int code, int number, int64_t started)
{
	const char *query = "";
	const char *name, *value;
	for (size_t i = 0; http_query_at(call->rq, i, &name, &value); i++)
		query = arena_printf(call->cx->mem, "%s%c%s=%s", query, i ? '&' : '?', name, value);
	struct call c = { .at = twin_now(call->twin),
		.operation = op->name,
		.method = op->has_body ? "POST" : "GET",
		.status = code,
		.error_number = number,
		.fault = f->kind ? fault_kind_name(f->kind) : NULL,
		.elements = call->elements,
		.took_ms = clock_mono_ms() - started };
	c.target = arena_printf(call->cx->mem, "%s%s", http_path(call->rq), query);
	if (call->location)
		snprintf(c.uid, sizeof(c.uid), "%s", call->location->uid);
	if (call->event)
		snprintf(c.event_id, sizeof(c.event_id), "%s", call->event->id);
	snprintf(c.retry_after, sizeof(c.retry_after), "%s", f->retry_after);
	record_call(&call->twin->record, &c);
}

static void handle(void *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	struct twin *twin = app;
	const struct http_route *route = http_route_of(rq);
	const char *host = http_header(rq, "Host");
	int64_t started = clock_mono_ms();
	if (host && twin_is_apple_host(host)) {
		apple_refuse_page(
			cx, rp, 421, "This is a simulator; it does not answer for Apple.");
		return;
	}
	if (route->tag == page_style) {
		http_reply_static(rp, "text/css", page_style, strlen(page_style));
		return;
	}
	if (!route->tag) {
		accept_page_serve(twin, cx, rq, rp);
		return;
	}
	const struct apple_operation *op = route->tag;
	struct apple_call call = { .twin = twin, .cx = cx, .rq = rq };
	int number = 0;
	TWIN_LOCK(twin);
	struct fault f = pick_fault(&call, op);
	int code = answer(&call, op, rp, &f, &number);
	note_call(&call, op, &f, code, number, started);
	log_event(LOG_DEBUG, "twin.call", "operation=%s status=%d number=%d fault=%s", op->name,
		code, number, fault_kind_name(f.kind));
}

/* What the server refuses by itself: an API client gets Apple's shape where Apple has one. */
static void refuse(void *app, struct ctx *cx, const struct http_request *rq, int code,
	const char *sentence, struct http_reply *rp)
{
	(void)app;
	(void)rq;
	int number = code == 405 ? 9726 : code == 400 || code == 413 ? 9602 : 0;
	if (!number) {
		apple_refuse_page(cx, rp, code, sentence);
		return;
	}
	BUF_AUTO(out, 4096);
	write_error(&out, number);
	http_reply_status(rp, code);
	http_reply_body(rp, "application/json", out.bytes, out.length);
}

enum err apple_listen(
	struct twin *twin, struct ctx *cx, const char *listen, struct http_server **ret_server)
{
	struct http_server_options options = { .listen = listen,
		.threads = 2,
		.routes = routes,
		.route_count = sizeof(routes) / sizeof(*routes),
		.handle = handle,
		.refuse = refuse,
		.app = twin };
	return http_server_start(cx, &options, ret_server);
}

void apple_refuse_page(struct ctx *cx, struct http_reply *rp, int code, const char *sentence)
{
	const char *page = arena_printf(cx->mem,
		"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>%d</title>"
		"<p>%s</p></html>\n",
		code, text_html_escape(cx->mem, sentence));
	http_reply_status(rp, code);
	http_reply_body(rp, "text/html; charset=utf-8", page, strlen(page));
}
