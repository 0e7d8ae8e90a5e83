#include "apple/service_config.h"

#include "apple/session.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/plant.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RETRY_MS  30000 /* after a re-read that failed */
#define URLS_READ 200   /* Apple names about thirty */

/* The values Apple prints; the rate is left out of some answers, so it starts lower. */
static const struct {
	const char *key;
	size_t offset;
	int64_t fallback, most;
} limit_rows[] = {
#define LIMIT(key, field, fallback, most)                                                          \
	{                                                                                          \
		key, offsetof(struct apple_limits, field), fallback, most                          \
	}
	LIMIT("maxAssets", max_assets, 25, 1000),
	LIMIT("maxClientUserIds", max_client_user_ids, 1000, 10000),
	LIMIT("maxSerialNumbers", max_serial_numbers, 1000, 10000),
	LIMIT("maxRevokeClientUserIds", max_revoke_client_user_ids, 100, 10000),
	LIMIT("maxRevokeSerialNumbers", max_revoke_serial_numbers, 100, 10000),
	LIMIT("maxUsers", max_users, 100, 1000),
	LIMIT("maxNotificationLength", max_notification_length, 512, 8192),
	LIMIT("maxMdmIdLength", max_mdm_id_length, 100, 8192),
	LIMIT("maxMdmNameLength", max_mdm_name_length, 100, 8192),
	LIMIT("maxMdmMetadataLength", max_mdm_metadata_length, 255, 8192),
	LIMIT("maxRequestPerSecond", max_requests_per_second, 10, 100000),
#undef LIMIT
};

/* Where an operation stands below the base when the config does not name it. */
static const char *const paths[][2] = {
	{ "clientConfig", "/client/config" },
	{ "getUsers", "/users" },
	{ "createUsers", "/users/create" },
	{ "updateUsers", "/users/update" },
	{ "retireUsers", "/users/retire" },
	{ "getAssets", "/assets" },
	{ "associateAssets", "/assets/associate" },
	{ "disassociateAssets", "/assets/disassociate" },
	{ "revokeAssets", "/assets/revoke" },
	{ "getAssignments", "/assignments" },
	{ "eventStatus", "/status" },
};

struct apple_limits apple_limits_parse(const struct json *root)
{
	const struct json *given = json_get(root, "limits");
	struct apple_limits limits;
	for (size_t i = 0; i < sizeof(limit_rows) / sizeof(limit_rows[0]); i++) {
		int64_t value = json_i64(given, limit_rows[i].key, limit_rows[i].fallback);
		if (value < 1)
			value = limit_rows[i].fallback;
		if (value > limit_rows[i].most)
			value = limit_rows[i].most;
		memcpy((char *)&limits + limit_rows[i].offset, &value, sizeof(value));
	}
	return limits;
}

void apple_config_fini(struct apple_config *config)
{
	for (size_t i = 0; i < config->url_count; i++) {
		free(config->urls[i].operation);
		free(config->urls[i].url);
	}
	free(config->invite_template);
	*config = (struct apple_config){ 0 };
}

static char *heap_copy(const char *s)
{
	char *mine = strdup(s);
	if (!mine)
		abort();
	return mine;
}

/* The token goes to the host it was meant for, and never from https down to http. */
static bool is_ours(struct apple *apple, struct ctx *cx, const char *url)
{
	struct http_url given, base;
	return http_url_parse(cx, url, &given) == OK &&
	       http_url_parse(cx, apple->base_url, &base) == OK &&
	       strcasecmp(given.host, base.host) == 0 && text_equal(given.scheme, base.scheme) &&
	       text_equal(given.port, base.port);
}

/* The template carries no token, so it may stand on another host; but it is sent to people. */
static bool is_link(struct apple *apple, const char *url)
{
	return text_starts_with(url, "https://") ||
	       (apple->is_loopback && text_starts_with(url, "http://"));
}

/* What the config wants instead of us; for an admin to read. */
static const char *host_of(struct ctx *cx, const char *url)
{
	struct http_url parts;
	return http_url_parse(cx, url, &parts) == OK ? text_readable(cx->mem, parts.host, 253)
	                                             : "(no address)";
}

static void take_urls(struct apple *apple, struct ctx *cx, const struct json *urls,
	struct apple_config *config, const char **ret_refused)
{
	for (size_t i = 0; i < json_count(urls) && i < URLS_READ; i++) {
		const char *operation = json_key_at(urls, i);
		const char *url = json_text(json_value_at(urls, i));
		if (!url || !text_is_clean(url, strlen(url), false))
			continue;
		if (text_equal(operation, "invitationEmail")) {
			if (!is_link(apple, url))
				continue;
			free(config->invite_template);
			config->invite_template = heap_copy(url);
		} else if (!is_ours(apple, cx, url) && !PLANT("trust_list")) {
			*ret_refused = host_of(cx, url);
		} else if (config->url_count < APPLE_URL_COUNT) {
			config->urls[config->url_count++] = (struct apple_url){
				.operation = heap_copy(operation),
				.url = heap_copy(url),
			};
		}
	}
}

static enum err fetch(struct apple *apple, struct ctx *cx, const struct json **ret_root)
{
	struct http_call call = {
		.method = "GET",
		.url = arena_printf(cx->mem, "%s/service/config", apple->base_url),
		.headers = { "Accept: application/json" },
		.total_timeout_ms = 20000,
		.answer_limit_bytes = 1024 * 1024,
	};
	struct http_answer answer;
	struct apple_reply reply = { 0 };
	enum err e;
	/* A broken answer is asked for again at once: everything waits for this one. */
	for (int tries = 0; tries < 3; tries++) {
		e = http_client_call(apple->config_client, cx, &call, &answer);
		if (!e || e == ERR_REMOTE)
			e = apple_judge(cx, &answer, false, &reply, ret_root);
		if (e != ERR_REMOTE || answer.sent == HTTP_NOT_SENT)
			break;
	}
	if (e) {
		cx->error.retry_after_ms = reply.retry_after_ms;
		return e;
	}
	if (!json_is_object(json_get(*ret_root, "urls")) &&
		!json_is_object(json_get(*ret_root, "limits")))
		return err_set(cx, ERR_REMOTE, "apple.unreadable",
			"The answer from %s is not Apple's service config. Check the address of "
			"Apple's service.",
			apple->host);
	return OK;
}

static void install(struct apple *apple, struct ctx *cx, const struct json *root)
{
	struct apple_config fresh = { .limits = apple_limits_parse(root) };
	const char *refused = "";
	take_urls(apple, cx, json_get(root, "urls"), &fresh, &refused);

	pthread_mutex_lock(&apple->lock);
	struct apple_config old = apple->config;
	apple->config = fresh;
	apple->has_config = true;
	apple->config_read_at = clock_mono_ms();
	snprintf(apple->refused_host, sizeof(apple->refused_host), "%s", refused);
	for (struct apple_lane *lane = apple->lanes; lane; lane = lane->next)
		pacer_set_rate(lane->pacer, fresh.limits.max_requests_per_second);
	pthread_mutex_unlock(&apple->lock);
	apple_config_fini(&old);
}

static bool is_fresh(struct apple *apple, bool *ret_has_config)
{
	pthread_mutex_lock(&apple->lock);
	*ret_has_config = apple->has_config;
	bool fresh = apple->config_read_at &&
	             clock_mono_ms() - apple->config_read_at < APPLE_SERVICE_CONFIG_MS;
	pthread_mutex_unlock(&apple->lock);
	return fresh;
}

static enum err try_again_soon(struct apple *apple)
{
	pthread_mutex_lock(&apple->lock);
	apple->config_read_at = clock_mono_ms() - APPLE_SERVICE_CONFIG_MS + RETRY_MS;
	pthread_mutex_unlock(&apple->lock);
	return OK;
}

int64_t apple_service_closed_until(struct apple *apple)
{
	pthread_mutex_lock(&apple->lock);
	int64_t step = clock_step_ms(&apple->clock_seen);
	if (apple->config_closed_until)
		apple->config_closed_until += step;
	int64_t until = apple->config_closed_until;
	pthread_mutex_unlock(&apple->lock);
	return until;
}

const char *apple_service_refused_host(struct apple *apple, struct ctx *cx)
{
	pthread_mutex_lock(&apple->lock);
	const char *host = *apple->refused_host ? arena_strdup(cx->mem, apple->refused_host) : NULL;
	pthread_mutex_unlock(&apple->lock);
	return host;
}

int64_t apple_service_clock_ahead(struct apple *apple)
{
	return apple->clock_ahead_ms;
}

void apple_service_close_until(struct apple *apple, int64_t until_ms)
{
	pthread_mutex_lock(&apple->lock);
	if (until_ms > apple->config_closed_until)
		apple->config_closed_until = until_ms;
	pthread_mutex_unlock(&apple->lock);
}

/* One question, unless Apple asked to wait with it. */
static enum err read_config(struct apple *apple, struct ctx *cx)
{
	const struct json *root;
	int64_t now = clock_now_ms(), until = apple_service_closed_until(apple);
	if (until > now) {
		cx->error.retry_after_ms = until - now;
		return err_set(cx, ERR_LIMITED, "apple.wait",
			"Apple asked us not to read its service config before %s.",
			clock_rfc3339(cx->mem, until));
	}
	enum err e = fetch(apple, cx, &root);
	if (!e)
		install(apple, cx, root);
	else if (cx->error.retry_after_ms > 0)
		apple_service_close_until(apple, clock_now_ms() + cx->error.retry_after_ms);
	return e;
}

enum err apple_service_refresh(struct apple *apple, struct ctx *cx)
{
	bool has_config;
	if (is_fresh(apple, &has_config))
		return OK;

	enum err e = OK;
	pthread_mutex_lock(&apple->reading);
	if (!is_fresh(apple, &has_config)) {
		e = read_config(apple, cx);
		if (e && has_config)
			e = try_again_soon(apple); /* old limits are better than none */
	}
	pthread_mutex_unlock(&apple->reading);
	return e;
}

void apple_service_forget(struct apple *apple)
{
	pthread_mutex_lock(&apple->lock);
	apple->config_read_at = 0;
	pthread_mutex_unlock(&apple->lock);
}

struct apple_limits apple_limits(struct apple *apple)
{
	pthread_mutex_lock(&apple->lock);
	struct apple_limits limits = apple->config.limits;
	pthread_mutex_unlock(&apple->lock);
	return limits;
}

const char *apple_operation_url(struct apple *apple, struct ctx *cx, const char *operation)
{
	const char *url = NULL;
	pthread_mutex_lock(&apple->lock);
	for (size_t i = 0; i < apple->config.url_count && !url; i++)
		if (strcmp(apple->config.urls[i].operation, operation) == 0)
			url = arena_strdup(cx->mem, apple->config.urls[i].url);
	pthread_mutex_unlock(&apple->lock);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]) && !url; i++)
		if (strcmp(paths[i][0], operation) == 0)
			url = arena_printf(cx->mem, "%s%s", apple->base_url, paths[i][1]);
	return url;
}

const char *apple_invite_template(struct apple *apple, struct ctx *cx)
{
	pthread_mutex_lock(&apple->lock);
	const char *template = arena_strdup(cx->mem, apple->config.invite_template);
	pthread_mutex_unlock(&apple->lock);
	return template;
}

/* Apple's template holds the placeholder encoded twice. It is replaced as text, before anybody
 * decodes anything, and every other parameter stays as it was given. */
const char *apple_invite_link(struct ctx *cx, const char *template, const char *invite_code)
{
	static const char *const places[] = { "%25inviteCode%25", "%inviteCode%" };
	if (!template || !invite_code || text_is_blank(invite_code))
		return NULL;
	const char *code = text_url_encode(cx->mem, invite_code);
	for (size_t i = 0; i < 2; i++)
		if (strstr(template, places[i]))
			return text_replace(cx->mem, template, places[i], code);
	return NULL;
}
