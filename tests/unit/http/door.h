/* door.h - a whole door over an empty database, for tests: real routes, real access, no Apple. */
#pragma once

#include "base/ctx.h"
#include "domain/access.h"
#include "domain/app.h"
#include "net/http_client.h"

struct door {
	struct ctx cx;
	struct app app;
	struct http_server *server;
	struct http_client *client;
	char folder[64];
	char setup_code[32];                /* as it was at the start */
	const char *tokens[ROLE_OWNER + 1]; /* by role; NULL for ROLE_NONE */
};

void door_open(struct door *d);
void door_close(struct door *d);

/* One request. headers: "Name: value" lines ended by NULL, or NULL; body NULL: none. The answer lives
 * until door_close. */
struct http_answer door_ask(struct door *d, const char *method, const char *path,
	const char *const *headers, const char *body);
/* The same with an API token of a role. */
struct http_answer door_ask_as(
	struct door *d, enum role role, const char *method, const char *path, const char *body);
