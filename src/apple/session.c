#include "apple/session.h"

#include "base/clock.h"
#include "base/ctx.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/wake.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static char *copy(const char *s)
{
	char *mine = s ? strdup(s) : NULL;
	if (s && !mine)
		abort();
	return mine;
}

/* Content tokens are sent there, so a slip of the pen must not send them elsewhere. */
static bool is_apples(const char *host)
{
	static const char domain[] = ".apple.com";
	size_t length = strlen(host), end = strlen(domain);
	return length > end && strcasecmp(host + length - end, domain) == 0;
}

enum err apple_new(struct ctx *cx, const char *base_url, struct apple **ret_apple)
{
	struct http_url url;
	if (http_url_parse(cx, base_url, &url) != OK)
		return err_set(cx, ERR_INVALID, "apple.url",
			"The address of Apple's service, %s, is not a URL.", base_url);
	bool is_loopback = http_host_is_loopback(url.host);
	bool is_apple = text_equal(url.scheme, "https") && is_apples(url.host);
	if (!is_apple && !(is_loopback && text_starts_with(url.scheme, "http")))
		return err_set(cx, ERR_INVALID, "apple.url",
			"The address of Apple's service, %s, is not Apple's: content tokens are "
			"sent only to "
			"https://….apple.com, or to this machine (127.0.0.1).",
			base_url);

	struct apple *apple = calloc(1, sizeof(*apple));
	if (!apple)
		abort();
	enum err e = http_client_new(cx, "Pomona/" POMONA_VERSION, &apple->config_client);
	if (e) {
		free(apple);
		return e;
	}
	apple->base_url = copy(base_url);
	size_t length = strlen(apple->base_url);
	while (length > 0 && apple->base_url[length - 1] == '/')
		apple->base_url[--length] = '\0';
	apple->host = copy(url.host);
	apple->is_loopback = is_loopback;
	apple->config.limits = apple_limits_parse(NULL);
	pthread_mutex_init(&apple->lock, NULL);
	pthread_mutex_init(&apple->reading, NULL);
	*ret_apple = apple;
	return OK;
}

static void free_lane(struct apple_lane *lane)
{
	pacer_free(lane->pacer);
	free(lane);
}

/* The config is read under `reading`, so its client is reached without that lock: cancelling is what
 * any thread may do. */
static void *end_after_grace(void *arg)
{
	struct apple *apple = arg;
	if (wake_wait(apple->end, apple->grace_ms))
		return NULL; /* everything ended by itself */
	pthread_mutex_lock(&apple->lock);
	apple->is_over = true;
	http_client_cancel(apple->config_client);
	for (struct apple_session *s = apple->sessions; s; s = s->next)
		http_client_cancel(s->client);
	pthread_mutex_unlock(&apple->lock);
	return NULL;
}

void apple_end_soon(struct apple *apple, int64_t grace_ms)
{
	if (!apple || apple->end)
		return;
	apple->is_ending = true;
	apple->grace_ms = grace_ms;
	apple->end = wake_new();
	if (pthread_create(&apple->ender, NULL, end_after_grace, apple)) {
		wake_free(apple->end); /* then the end takes as long as Apple's answers do */
		apple->end = NULL;
	}
}

void apple_free(struct apple *apple)
{
	if (!apple)
		return;
	if (apple->end) {
		wake_ring(apple->end);
		pthread_join(apple->ender, NULL);
		wake_free(apple->end);
	}
	for (struct apple_lane *lane = apple->lanes; lane;) {
		struct apple_lane *next = lane->next;
		assert(lane->users == 0);
		free_lane(lane);
		lane = next;
	}
	apple_config_fini(&apple->config);
	http_client_free(apple->config_client);
	pthread_mutex_destroy(&apple->reading);
	pthread_mutex_destroy(&apple->lock);
	free(apple->base_url);
	free(apple->host);
	free(apple);
}

bool apple_is_ending(const struct apple *apple)
{
	return apple->is_ending;
}

bool apple_is_loopback(const struct apple *apple)
{
	return apple->is_loopback;
}

/* Lanes that nobody uses and that hold no wait are dropped on the way. */
static struct apple_lane *take_lane(struct apple *apple, const char *key)
{
	struct apple_lane *found = NULL;
	pthread_mutex_lock(&apple->lock);
	for (struct apple_lane **at = &apple->lanes; *at;) {
		struct apple_lane *lane = *at;
		if (strcmp(lane->key, key) == 0) {
			found = lane;
		} else if (lane->users == 0 && !pacer_closed_until(lane->pacer)) {
			*at = lane->next;
			free_lane(lane);
			continue;
		}
		at = &lane->next;
	}
	if (!found) {
		found = calloc(1, sizeof(*found));
		if (!found)
			abort();
		snprintf(found->key, sizeof(found->key), "%s", key);
		found->pacer = pacer_new(apple->config.limits.max_requests_per_second);
		found->next = apple->lanes;
		apple->lanes = found;
	}
	found->users++;
	pthread_mutex_unlock(&apple->lock);
	return found;
}

enum err apple_session_open(struct apple *apple, struct ctx *cx,
	const struct apple_session_options *options, struct apple_session **ret_session)
{
	struct apple_session *s = calloc(1, sizeof(*s));
	if (!s)
		abort();
	enum err e = http_client_new(cx, "Pomona/" POMONA_VERSION, &s->client);
	if (e) {
		free(s);
		return e;
	}
	char key[SECRET_HASH_HEX];
	secret_hash(options->token, strlen(options->token), key);
	s->apple = apple;
	s->lane = take_lane(apple, key);
	s->priority = options->priority;
	s->uid = copy(options->uid);
	s->mdm_id = copy(options->mdm_id);
	s->only_reads = options->only_reads;
	s->authorization_length = strlen("Authorization: Bearer ") + strlen(options->token);
	s->authorization = malloc(s->authorization_length + 1);
	if (!s->authorization)
		abort();
	snprintf(s->authorization, s->authorization_length + 1, "Authorization: Bearer %s",
		options->token);
	if (options->closed_until_ms > clock_now_ms())
		pacer_close_until(s->lane->pacer, options->closed_until_ms);
	pthread_mutex_lock(&apple->lock);
	s->next = apple->sessions;
	apple->sessions = s;
	if (apple->is_over)
		http_client_cancel(s->client);
	pthread_mutex_unlock(&apple->lock);
	*ret_session = s;
	return OK;
}

void apple_session_close(struct apple_session *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->apple->lock);
	s->lane->users--;
	struct apple_session **at = &s->apple->sessions;
	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	pthread_mutex_unlock(&s->apple->lock);
	secret_wipe(s->authorization, s->authorization_length);
	free(s->authorization);
	free(s->uid);
	free(s->mdm_id);
	http_client_free(s->client);
	free(s);
}

void apple_session_closer(struct apple_session **s)
{
	apple_session_close(*s);
	*s = NULL;
}

void apple_session_record(struct apple_session *s, apple_recorder *recorder, void *arg)
{
	s->recorder = recorder;
	s->recorder_arg = arg;
}
