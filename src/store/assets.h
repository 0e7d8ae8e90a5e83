/* assets.h - the asset and assignment rows: what a location owns and who holds it.
 *
 * Both mirror Apple's lists: a walk writes what it sees with its time, and a whole walk then drops
 * what it did not see. Unchanged rows cost a write of seen_at only inside a walk that writes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

struct asset {
	int64_t id, location_id;
	const char *adam_id, *pricing_param;
	const char *product_type; /* App, Book; NULL: not told */
	bool is_revocable, device_assignable;
	const char *platforms; /* "iOS,macOS" */
	int64_t available_count, assigned_count, retired_count, total_count;
	const char *name; /* NULL: not known */
	int64_t seen_at;
	/* Read only: places in a list. */
	int64_t left_ppm; /* how many of a million licences are left; over it: they are not counted */
	const char *sort_key; /* of the name, or the number */
};

/* What a list of assets is narrowed by; NULL is not looked at. */
struct asset_filter {
	const char *q;            /* folded: in the name, or at the beginning of the number */
	const char *product_type; /* App, Book */
	const char *use;          /* out: none is left; nearly: a tenth at most; free: more */
	int64_t unlimited;        /* the count with which Apple says that content has none */
};

enum asset_order { ASSETS_BY_ID, ASSETS_BY_SCARCITY, ASSETS_BY_NAME };

/* Where a page begins: after this row. */
struct asset_place {
	enum asset_order order;
	int64_t after_id;
	int64_t after_left_ppm; /* ASSETS_BY_SCARCITY; -1: from the beginning */
	const char *after_key;  /* ASSETS_BY_NAME; "": from the beginning */
	int64_t limit;
};

struct assignment {
	int64_t id, location_id;
	const char *adam_id, *pricing_param;
	const char *client_user_id; /* one of the two is NULL */
	const char *serial_number;
	int64_t seen_at;
	/* Read by assignments_list alone. */
	const char *name, *product_type; /* of the asset; NULL: not known */
	bool is_revocable;               /* an asset that we do not know counts as such */
	int64_t person_id;               /* whose record or device it is; 0: of nobody here */
	const char *person_name;
};

/* Whose assignments, or of which asset; NULL is not looked at. The first that is given counts. */
struct assignment_filter {
	const char *client_user_id;
	const char *serial_number;
	const char *adam_id, *pricing_param;
	const char *by; /* of an asset: "user" or "device" */
	const char *
		q; /* of an asset: folded, anywhere in what is known of the holder; not counted … */
	const char *id; /* … or this, as it was typed, is the whole clientUserId or serial number */
};

/* Inserts or overwrites the row of (location, adam_id, pricing_param). id is not read. */
must_check enum err assets_put(struct db *db, struct ctx *cx, const struct asset *a);
/* Drops what a walk that began at seen_from did not see. */
must_check enum err assets_drop_unseen(struct db *db, struct ctx *cx, int64_t location_id,
	int64_t seen_from, int64_t *ret_dropped);
must_check enum err assets_list(struct db *db, struct ctx *cx, int64_t location_id,
	const struct asset_filter *filter, const struct asset_place *place,
	struct asset **ret_assets, size_t *ret_count);
/* ERR_NOT_FOUND "asset.none". */
must_check enum err assets_find(struct db *db, struct ctx *cx, int64_t location_id,
	const char *adam_id, const char *pricing_param, struct asset *ret_asset);

/* Names an asset in all locations, NULL takes the name away. ERR_NOT_FOUND "asset.none". */
must_check enum err assets_rename(
	struct db *db, struct ctx *cx, const char *adam_id, const char *name);

must_check enum err assets_count(struct db *db, struct ctx *cx, int64_t location_id,
	const struct asset_filter *filter, int64_t *ret_count);

must_check enum err assignments_put(struct db *db, struct ctx *cx, const struct assignment *a);
must_check enum err assignments_drop_unseen(struct db *db, struct ctx *cx, int64_t location_id,
	int64_t seen_from, int64_t *ret_dropped);
must_check enum err assignments_list(struct db *db, struct ctx *cx, int64_t location_id,
	const struct assignment_filter *filter, int64_t after_id, int64_t limit,
	struct assignment **ret_assignments, size_t *ret_count);
must_check enum err assignments_count(struct db *db, struct ctx *cx, int64_t location_id,
	const struct assignment_filter *filter, int64_t *ret_count);
/* How many licences a person's record holds: those that come back when it is retired, and those
 * (books) that do not. An assignment of an asset that we do not know counts as coming back. */
must_check enum err assignments_count_of(struct db *db, struct ctx *cx, int64_t location_id,
	const char *client_user_id, int64_t *ret_revocable, int64_t *ret_irrevocable);
/* After a retire: what came back is not held any more. */
must_check enum err assignments_drop_revocable_of(
	struct db *db, struct ctx *cx, int64_t location_id, const char *client_user_id);
