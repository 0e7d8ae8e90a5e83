/* assets.h - what one location owns, and who holds a licence of it.
 *
 * total = available + assigned + retired at all times. An assignment is an asset and a target: a
 * user record, or a serial number, which is never checked. Retiring a user gives revocable licences
 * back; books stay with the retired record and count as retired.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "twin/map.h"

struct arena;
struct user;

#define ASSET_UNLIMITED 2147483647

enum { PLATFORM_IOS = 1, PLATFORM_MACOS = 2, PLATFORM_TVOS = 4 };

struct asset {
	char *adam_id;
	char *pricing_param; /* STDQ, PLUS */
	char *name;          /* for the control API alone: Apple does not tell it */
	char *key;           /* adamId, a slash, pricingParam */
	bool is_book;        /* not revocable, not for devices */
	bool is_unlimited;
	unsigned platforms;
	int64_t available, assigned, retired;
};

struct holder_device {
	char *serial;
	struct assignment *assignments;
};

struct assignment {
	struct asset *asset;
	struct user *user;                 /* NULL when a device holds it */
	struct holder_device *device;      /* NULL when a user holds it */
	uint64_t added;                    /* version */
	struct assignment *before, *after; /* all, in the order of adding */
	struct assignment *next;           /* of the same holder */
};

struct assets {
	struct asset **list;
	size_t count, capacity;
	struct map by_key;
	uint64_t version;
	struct map devices; /* serial → struct holder_device */
	struct assignment *first, *last;
	size_t assignment_count;
	uint64_t assignments_version;
	struct assignment **shown; /* all, kept while the version stands */
	uint64_t shown_version;
};

void assets_fini(struct assets *a);

/* pricing_param NULL: STDQ. NULL when the location does not own it. */
struct asset *assets_find(const struct assets *a, const char *adam_id, const char *pricing_param);
struct asset *assets_add(struct assets *a, const char *adam_id, const char *pricing_param,
	const char *name, bool is_book, int64_t licences);
/* delta may be negative (refund), at most what is available; gives what was really changed. */
int64_t assets_buy(struct assets *a, struct asset *asset, int64_t delta);

/* One of user and serial. 9709 when none is left; what is held already is success. */
int assets_associate(struct assets *a, struct asset *asset, struct user *user, const char *serial);
void assets_disassociate(
	struct assets *a, struct asset *asset, struct user *user, const char *serial);
struct assignment *assets_held_by_device(const struct assets *a, const char *serial);

void assets_user_retired(struct assets *a, struct user *user);
/* A retired record came back: its books are in use again. */
void assets_user_revived(struct assets *a, struct user *user);
/* All that from holds goes to to; what both hold is given back once. */
void assets_move(struct assets *a, struct user *from, struct user *to);

struct assignments_query {
	const char *adam_id, *pricing_param, *serial; /* or NULL */
	struct user *user_chain; /* newest record of the asked clientUserId; see has_user */
	bool has_user;
	bool exclude_inactive;
	bool has_since;
	uint64_t since;
};

/* The assignments that fit, in the arena or until the next change. */
void assets_select(struct assets *a, struct arena *mem, const struct assignments_query *q,
	struct assignment ***ret_list, size_t *ret_count);
