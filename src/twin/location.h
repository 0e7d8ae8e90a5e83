/* location.h - one location: its names, tokens, owner mark, notification settings, and all it holds.
 *
 * A token file is base64 of JSON {token, expDate, orgName}. The twin knows a token by its inner
 * member alone, so that a file of an earlier run with the same seed still opens the same location.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "twin/assets.h"
#include "twin/events.h"
#include "twin/users.h"

struct arena;
struct twin;

enum token_state { TOKEN_VALID, TOKEN_EXPIRED, TOKEN_REVOKED };

struct token {
	struct location *location;
	char inner[65];
	int64_t expires_at;
	bool is_revoked;
	bool is_read_only;
};

enum { NOTIFY_ASSET_COUNT = 1, NOTIFY_ASSETS = 2, NOTIFY_USERS = 4, NOTIFY_ASSOCIATED = 8 };

struct location {
	char uid[17];
	char *name, *organisation, *domain;
	char country[3];
	bool is_school;
	struct token **tokens;
	size_t token_count, token_capacity;
	char *mdm_id, *mdm_name, *mdm_metadata; /* all or none */
	char *notify_url, *notify_token;
	char **notify_types; /* as they were asked for, unknown ones refused */
	size_t notify_type_count;
	unsigned notify_mask;
	struct users users;
	struct assets assets;
	struct events events;
	double calls_left; /* of this second's maxRequestPerSecond */
	int64_t calls_filled_at;
};

struct location_options {
	const char *name, *organisation, *country, *domain; /* domain NULL: made from the name */
	int64_t expires_at;                                 /* of the first token; 0: in a year */
	const char *uid;                                    /* NULL: a new one; 16 digits */
	bool is_without_token;                              /* the caller adds them */
};

struct location *location_new(struct twin *twin, const struct location_options *options);
void location_free(struct location *l);
struct location *location_find(const struct twin *twin, const char *uid);

struct token *location_add_token(
	struct twin *twin, struct location *l, int64_t expires_at, bool is_read_only);
/* A token of an earlier run keeps its name; NULL and a wrong length change nothing. */
void location_rename_token(struct twin *twin, struct token *t, const char *inner);
/* The newest token that is neither revoked nor read-only; else the newest. */
struct token *location_best_token(const struct location *l);
/* The text of the .vpptoken file. */
char *token_file(struct arena *mem, const struct token *t);
/* NULL when bearer is no token file of ours. */
struct token *token_find(const struct twin *twin, struct arena *mem, const char *bearer);
enum token_state token_state(const struct token *t, int64_t now);

/* All NULL takes the mark away. */
void location_set_mdm(struct location *l, const char *id, const char *name, const char *metadata);
void location_set_notifications(struct location *l, const char *url, const char *token,
	const char *const *types, size_t count);
/* False when the type is unknown. */
bool location_notify_type(const char *type, unsigned *ret_mask);

/* False when the location asks too fast: error 9646. */
bool location_may_call(struct location *l, int64_t now_ms, int64_t per_second);
