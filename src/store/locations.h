/* locations.h - the location rows: one content token's location each.
 *
 * Rows are copied into cx->mem. Secrets are sealed boxes here; the domain opens them. Besides the
 * codes it names every function may return ERR_DB.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

struct location {
	int64_t id;
	const char *apple_uid;
	const char *name;
	const char *organisation;
	const char *country;  /* NULL: Apple did not tell */
	const char *platform; /* NULL: Apple did not tell */
	const char *mode;     /* manage, observe; NULL when it is inserted: manage */
	const char *token_box;
	const char *token_hash;
	int64_t token_expires_at;
	const char *token_state;   /* valid, expired, revoked, refused, read_only */
	const char *token_reason;  /* in words; NULL: none */
	int64_t token_warned_days; /* the step before its end that was warned of; 0: none */
	const char *owner_state;   /* ours, foreign, unknown */
	const char *owner_name;    /* who else, as Apple shows it */
	int64_t owner_since;
	const char *mdm_info_id; /* our mark at Apple */
	const char *hook_key;
	const char *hook_state; /* off, on, failed */
	const char *hook_reason;
	const char *hook_url; /* that was last written at Apple or refused there; NULL: none */
	int64_t hook_tried_at;
	const char *message_channel; /* notification, email, notification_else_email */
	const char *users_version_id, *assignments_version_id, *assets_version_id;
	const char *invite_template; /* from the service config, as last read */
	int64_t assets_wanted_at;    /* a notice said that counts moved; 0: no */
	int64_t token_doubt_at;      /* one call was refused for the token; 0: none was */
	const char *token_doubt;     /* which call that was */
	int64_t wait_until;          /* nothing is sent to Apple before; 0: no wait */
	const char *wait_reason;
	int64_t last_sync_at;
	int64_t last_whole_at; /* the whole list of users was read and believed */
	int64_t created_at, updated_at;
};

/* The rows that were not left. ret_id may be NULL. ERR_CONFLICT "db.unique" when the uid is there already. */
must_check enum err locations_insert(
	struct db *db, struct ctx *cx, const struct location *l, int64_t *ret_id);
/* ERR_NOT_FOUND "location.unknown". */
must_check enum err locations_get(
	struct db *db, struct ctx *cx, int64_t id, struct location *ret_location);
/* ERR_NOT_FOUND without detail. */
must_check enum err locations_by_uid(
	struct db *db, struct ctx *cx, const char *apple_uid, struct location *ret_location);
must_check enum err locations_by_hook_key(
	struct db *db, struct ctx *cx, const char *hook_key, struct location *ret_location);
/* All, by name. There are few. */
must_check enum err locations_list(
	struct db *db, struct ctx *cx, struct location **ret_locations, size_t *ret_count);
must_check enum err locations_set_token(struct db *db, struct ctx *cx, int64_t id,
	const char *token_box, const char *token_hash, int64_t expires_at, const char *organisation,
	int64_t now);
must_check enum err locations_set_token_state(struct db *db, struct ctx *cx, int64_t id,
	const char *state, const char *reason, int64_t now);
must_check enum err locations_set_owner(struct db *db, struct ctx *cx, int64_t id,
	const char *state, const char *name, int64_t since, int64_t now);
must_check enum err locations_set_hook(struct db *db, struct ctx *cx, int64_t id, const char *state,
	const char *reason, const char *url, int64_t now);
must_check enum err locations_set_channel(
	struct db *db, struct ctx *cx, int64_t id, const char *channel, int64_t now);
must_check enum err locations_set_mode(
	struct db *db, struct ctx *cx, int64_t id, const char *mode, int64_t now);
/* What client config told: name, country, platform; and the service config's template. */
must_check enum err locations_set_names(
	struct db *db, struct ctx *cx, const struct location *l, int64_t now);
/* wait_until 0: no wait. */
must_check enum err locations_set_wait(
	struct db *db, struct ctx *cx, int64_t id, int64_t wait_until, const char *reason);
/* NULL forgets a version: the next sync reads everything. */
must_check enum err locations_set_users_version(
	struct db *db, struct ctx *cx, int64_t id, const char *version_id);
must_check enum err locations_set_assignments_version(
	struct db *db, struct ctx *cx, int64_t id, const char *version_id);
must_check enum err locations_set_assets_version(
	struct db *db, struct ctx *cx, int64_t id, const char *version_id);
must_check enum err locations_set_synced(struct db *db, struct ctx *cx, int64_t id, int64_t now);
must_check enum err locations_set_whole(struct db *db, struct ctx *cx, int64_t id, int64_t now);
must_check enum err locations_set_assets_wanted(
	struct db *db, struct ctx *cx, int64_t id, int64_t wanted_at);
/* The assets were read because of a notice of that time. */
must_check enum err locations_assets_read(
	struct db *db, struct ctx *cx, int64_t id, int64_t wanted_at);
/* What Apple says of the token that we have. */
must_check enum err locations_set_expiry(
	struct db *db, struct ctx *cx, int64_t id, int64_t expires_at, int64_t now);
/* The log was warned of the token's end at that many days before it. */
must_check enum err locations_set_token_warned(
	struct db *db, struct ctx *cx, int64_t id, int64_t days);
/* What one refusal for the token left behind; at 0 forgets it. */
must_check enum err locations_set_token_doubt(
	struct db *db, struct ctx *cx, int64_t id, int64_t at, const char *doubt);
must_check enum err locations_count_open_jobs(
	struct db *db, struct ctx *cx, int64_t id, int64_t *ret_count);
must_check enum err locations_count_live_users(
	struct db *db, struct ctx *cx, int64_t id, int64_t *ret_count);

/* Forgets a location: it is in no list any more, its token, assets, assignments and schedule are gone,
 * its VPP users are not live. The row stays, because the history of its jobs names it. */
must_check enum err locations_leave(struct db *db, struct ctx *cx, int64_t id, int64_t now);
