/* apple.h - Apple's side of the twin: the route table, the order of checks, the common members.
 *
 * A call is checked in one order (section 14 of the API reference): method, header form, token
 * known, revoked, expired, rate, content type, JSON; then the operation checks emptiness, limits,
 * duplicates and items, and either answers or makes an event.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct buf;
struct ctx;
struct event;
struct http_reply;
struct http_request;
struct http_server;
struct json;
struct json_writer;
struct location;
struct token;
struct twin;

#define APPLE_BASE   "/twin/mdm/v2"
#define APPLE_INVITE "/twin/WebObjects/MZFinance.woa/wa/associateVPPUserWithITSAccount"

struct apple_call {
	struct twin *twin; /* locked while an operation runs */
	struct ctx *cx;
	const struct http_request *rq;
	struct location *location; /* NULL for the service config */
	struct token *token;
	const struct json *body;   /* of writes: an object */
	struct json_writer *w;     /* inside the answer's object */
	const struct event *event; /* what a write made; NULL: nothing */
	size_t elements;
};

/* Gives Apple's error number, 0 for an answer; what was written before an error is dropped. */
typedef int apple_run(struct apple_call *call);

struct apple_operation {
	const char *name; /* "users.create" */
	apple_run *run;
	bool needs_token;
	bool has_body;
	bool is_management; /* not for a read-only token */
};

apple_run apple_service_config, apple_client_config_get, apple_client_config_set, apple_users_get,
	apple_users_create, apple_users_update, apple_users_retire, apple_assets_get,
	apple_assets_associate, apple_assets_disassociate, apple_assets_revoke,
	apple_assignments_get, apple_status;

must_check enum err apple_listen(
	struct twin *twin, struct ctx *cx, const char *listen, struct http_server **ret_server);

/* "http://127.0.0.1:4000/twin", by the Host header of the request. */
char *apple_origin(const struct apple_call *call);

/* A page of a list: which records to show, and the paging members. */
struct apple_page {
	size_t start, end;
};
/* 9602 or 9650 for a bad pageIndex. */
int apple_page(struct apple_call *call, size_t count, struct apple_page *ret_page);
void apple_page_members(struct apple_call *call, size_t count, const struct apple_page *page,
	const char *version_id);
/* "true" and "false"; others are 9602. Absent: false. */
int apple_query_bool(struct apple_call *call, const char *name, bool *ret_value);

/* The version of one data set as the opaque text that clients see. */
char *apple_version_id(struct apple_call *call, const char *set, uint64_t version);
/* sinceVersionId: 9721 when it is none of ours; absent: *ret_has is false. */
int apple_since(struct apple_call *call, const char *set, uint64_t version, bool *ret_has,
	uint64_t *ret_since);

/* A refusal in the twin's own words for pages (not the API): an HTML page. */
void apple_refuse_page(struct ctx *cx, struct http_reply *rp, int status, const char *sentence);
