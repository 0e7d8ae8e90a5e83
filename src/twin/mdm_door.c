#include "twin/mdm_door.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "twin/accept_page.h"
#include "twin/location.h"
#include "twin/memory.h"
#include "twin/twin.h"
#include "twin/wire.h"

#define CALLBACK_TIMEOUT_MS 5000
#define SERIAL_LONGEST      64

struct callback {
	char *url, *xml;
};

/* Apart, so that the connector has our answer before the device's. */
static void *post_answer(void *arg)
{
	struct callback *cb = arg;
	CTX_AUTO(cx);
	struct http_client *client;
	if (!http_client_new(&cx, "apple-twin-device", &client)) {
		struct http_call call = { .method = "POST",
			.url = cb->url,
			.body = cb->xml,
			.body_length = strlen(cb->xml),
			.total_timeout_ms = CALLBACK_TIMEOUT_MS };
		struct http_answer answer;
		call.headers[0] = "Content-Type: application/xml";
		/* A device does not care whether its server took the answer. */
		enum err ignored = http_client_call(client, &cx, &call, &answer);
		(void)ignored;
		http_client_free(client);
	}
	free(cb->url);
	free(cb->xml);
	free(cb);
	return NULL;
}

static void call_back(struct ctx *cx, const char *url, const char *xml)
{
	struct http_url parts;
	if (http_url_parse(cx, url, &parts) || !http_host_is_loopback(parts.host))
		return;
	struct callback *cb = memory_new(sizeof(*cb));
	cb->url = memory_strdup(url);
	cb->xml = memory_strdup(xml);
	pthread_attr_t apart;
	pthread_t thread;
	pthread_attr_init(&apart);
	pthread_attr_setdetachstate(&apart, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&thread, &apart, post_answer, cb)) {
		free(cb->url);
		free(cb->xml);
		free(cb);
	}
	pthread_attr_destroy(&apart);
}

static void answer(struct http_reply *rp, int status, const char *said, const char *detail)
{
	BUF_AUTO(out, 65536);
	struct json_writer w;
	jw_init(&w, &out);
	jw_object(&w, NULL);
	jw_str(&w, "status", said);
	if (detail)
		jw_str(&w, "detail", detail);
	jw_end_object(&w);
	http_reply_status(rp, status);
	http_reply_body(rp, "application/json", out.bytes, out.length);
}

/* The device is its own person, until an invitation tells whose it is. */
static void meet(struct twin *twin, struct ctx *cx, const char *serial, const char *link)
{
	const char *query = link ? strchr(link, '?') : NULL;
	const char *code = query ? wire_form_field(cx->mem, query + 1, "inviteCode") : NULL;
	struct location *l;
	const struct user *user = accept_find(twin, code, &l);
	if (user && user->email)
		people_name(&twin->people, NULL, user->email, &serial, 1);
	else
		people_meet_serial(&twin->people, serial);
}

void mdm_door_command(
	struct twin *twin, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	const char *serial = http_path_param(rq, "serial");
	const char *callback = http_query(rq, "callback");
	struct device_command *command;
	if (text_is_blank(serial) || strlen(serial) > SERIAL_LONGEST) {
		answer(rp, 400, "Refused", "The serial number is empty or too long.");
		return;
	}
	TWIN_LOCK(twin);
	const struct device *known = map_get(&twin->devices.by_serial, serial);
	if (device_mode_of(&twin->devices, known) == DEVICE_DOWN) {
		answer(rp, 503, "Down", "The MDM is down, as told by the control API.");
		return;
	}
	enum err e = devices_command(&twin->devices, &twin->random, cx, twin_now(twin), serial,
		http_body(rq), http_body_length(rq), &command);
	if (e) {
		answer(rp, 400, "Refused", cx->error.sentence);
		return;
	}
	meet(twin, cx, serial, command->invitation_url);
	answer(rp, 200, command->status, NULL);
	if (callback)
		call_back(cx, callback,
			device_answer(cx, map_get(&twin->devices.by_serial, serial), command));
}
