/* service_config.h - Apple's present limits and addresses, read again every five minutes.
 *
 * One for all locations: it needs no token. A URL is taken only if its host is the base host, so
 * that a tampered answer cannot lead a token elsewhere. An old config outlives a failed re-read.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"

struct apple;
struct ctx;
struct json;

#define APPLE_SERVICE_CONFIG_MS (5 * 60 * 1000)

struct apple_limits {
	int64_t max_assets;
	int64_t max_client_user_ids;
	int64_t max_serial_numbers;
	int64_t max_revoke_client_user_ids;
	int64_t max_revoke_serial_numbers;
	int64_t max_users;
	int64_t max_notification_length;
	int64_t max_mdm_id_length;
	int64_t max_mdm_name_length;
	int64_t max_mdm_metadata_length;
	int64_t max_requests_per_second;
};

/* Reads it now if it is older than five minutes (or was never read), else does nothing.
 * ERR_REMOTE "apple.unreachable" or "apple.unreadable" only when there is none at all. */
must_check enum err apple_service_refresh(struct apple *apple, struct ctx *cx);
/* Apple can ask to wait before the config is read again (wall clock; 0: it did not). Whoever can keep
 * it over a restart asks for it and gives it back. */
int64_t apple_service_closed_until(struct apple *apple);
/* A host that the service config names as Apple's, and that is not used: the token is sent to the host
 * that was set alone. In cx->mem; NULL when there is none. */
const char *apple_service_refused_host(struct apple *apple, struct ctx *cx);
/* How far our clock is ahead of Apple's, by its last answer; negative: behind; 0: not known. */
int64_t apple_service_clock_ahead(struct apple *apple);
void apple_service_close_until(struct apple *apple, int64_t until_ms);
/* The next refresh reads again: after a refusal that stale limits can explain. */
void apple_service_forget(struct apple *apple);

/* The limits as last read; Apple's printed values where none was read or a limit is absent. */
struct apple_limits apple_limits(struct apple *apple);
/* The address of an operation in cx->mem: the config's, else below the base URL. NULL: unknown. */
const char *apple_operation_url(struct apple *apple, struct ctx *cx, const char *operation);
/* The invitation's template as last read; NULL: none was read. */
const char *apple_invite_template(struct apple *apple, struct ctx *cx);

/* The acceptance link: the template with "%25inviteCode%25" (or "%inviteCode%") replaced as text.
 * NULL when either is NULL or the template has no place for a code. */
const char *apple_invite_link(struct ctx *cx, const char *template, const char *invite_code);

/* For tests: the limits of a parsed config, defaults for what is absent or out of range. */
struct apple_limits apple_limits_parse(const struct json *root);
