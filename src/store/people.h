/* people.h - the person rows: find, list, write.
 *
 * Rows are copied into cx->mem. Keys (user_key, email_key, account_key, sort_name, search_text) are
 * folded by domain/person_input.c before they come here. A person's summary of the live VPP user in one
 * location comes with the row, so that a page of people is one query. Besides the codes it names,
 * every function may return ERR_DB.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct db;

/* Bits of person.platforms: of which kinds the person's *activated* devices are. */
enum person_platform {
	PLATFORM_IOS = 1,
	PLATFORM_IPADOS = 2,
	PLATFORM_MACOS = 4,
	PLATFORM_OTHER = 8,
};
#define PLATFORMS_ELIGIBLE (PLATFORM_IOS | PLATFORM_IPADOS | PLATFORM_MACOS)
#define PLATFORMS_ALL      (PLATFORMS_ELIGIBLE | PLATFORM_OTHER)
/* In the column, so in the tallies too: there is a device, in whatever state. In struct person
 * device_count says so. */
#define PLATFORMS_HAS_DEVICE 16

/* The live VPP user in the location that was asked for; id 0: there is none. */
struct person_vpp {
	int64_t id;
	const char *client_user_id;
	const char *state; /* requested … checking; "none" when id is 0 */
	const char *message_state;
	const char *message_channel;
	const char *message_reason;
	int64_t message_at;
	int64_t failed_number;
	const char *failed_reason; /* NULL: not failed */
	int64_t missing_since;
	int64_t registered_at;
	int64_t associated_at;
	int64_t seen_at;  /* when Apple last told of it; 0: never */
	int64_t licences; /* that it holds, as last read */
};

struct person {
	int64_t id;
	const char *user_name;
	const char *user_key; /* folded user_name, unique among the living */
	const char *display_name;
	const char *sort_name; /* folded display_name, for sorting */
	const char *search_text;
	const char *email;
	const char *email_key; /* folded; NULL: none */
	const char *managed_apple_account;
	const char *account_key; /* folded; NULL: none */
	const char *groups;      /* "a|b" */
	const char *department;
	const char *department_key; /* folded, for sorting; NULL: none */
	const char *language;       /* BCP 47; NULL: the organisation's */
	bool is_active;
	bool is_eligible;
	int platforms;        /* enum person_platform */
	int64_t device_count; /* in whatever state */
	const char *source;
	int64_t created_at;
	int64_t updated_at;
	int64_t deleted_at; /* 0: living */
	struct person_vpp vpp;
};

/* What a list, a count or a selection is narrowed by. All zero with eligible and active -1 is
 * everyone; people_filter_any() gives that. */
struct people_filter {
	const char *q;          /* folded text, found anywhere; NULL or "": all */
	const char *states;     /* ",none,invited," or the mark ",failed,"; NULL: all */
	int eligible;           /* 0, 1, or -1 for both */
	int active;             /* 0, 1, or -1 for both */
	int platform;           /* enum person_platform bits, one of which will do; 0: all */
	const char *department; /* exact; NULL: all */
};

struct people_filter people_filter_any(void);

/* What a list is sorted by, then by name or id. Who has no value comes last, whichever way it goes. */
enum people_sort {
	PEOPLE_BY_NAME,
	PEOPLE_BY_EMAIL,
	PEOPLE_BY_DEPARTMENT,
	PEOPLE_BY_STATE, /* of the VPP user, in the order in which it comes to them */
	PEOPLE_BY_SEEN,  /* when Apple last told of the VPP user */
};

/* A page of the list. A search lists those first, by name, whose names begin with the text; of others, when
 * they are very many, it gives them as they came (docs/design/people-list.md). */
struct people_page {
	int64_t location_id; /* whose VPP users; 0: none */
	enum people_sort sort;
	bool is_descending;
	const char *after_key; /* people_place of the last row; NULL: from the beginning */
	int64_t after_id;
	int limit;
};

/* The place of a row in that order, with its id: what the next page comes after. */
const char *people_place(struct ctx *cx, enum people_sort sort, const struct person *person);

/* ERR_INVALID "query.cursor" when after_key is no place in that order. */
must_check enum err people_list(struct db *db, struct ctx *cx, const struct people_filter *filter,
	const struct people_page *page, struct person **ret_people, size_t *ret_count);

struct people_count {
	int64_t people;
	bool is_more; /* than that: the list was not looked through to its end */
};

/* How many match. A filter that an index or the tally answers is counted to the end; of others the
 * beginning of the list is looked at, unless wants_exact says that it may take its time. */
must_check enum err people_count(struct db *db, struct ctx *cx, const struct people_filter *filter,
	int64_t location_id, bool wants_exact, struct people_count *ret_count);

/* The next people in order of id: for work that goes through all who match, page by page. */
must_check enum err people_walk(struct db *db, struct ctx *cx, const struct people_filter *filter,
	int64_t location_id, int64_t after_id, int limit, struct person **ret_people,
	size_t *ret_count);

/* A living person; ERR_NOT_FOUND "person.none". location_id may be 0. */
must_check enum err people_find(
	struct db *db, struct ctx *cx, int64_t id, int64_t location_id, struct person **ret_person);
/* Does the living person match the filter? */
must_check enum err people_matches(struct db *db, struct ctx *cx,
	const struct people_filter *filter, int64_t location_id, int64_t id, bool *ret_matches);
/* Living or deleted: for histories and for what is to be retired. ERR_NOT_FOUND "person.none". */
must_check enum err people_find_even_deleted(
	struct db *db, struct ctx *cx, int64_t id, int64_t location_id, struct person **ret_person);
/* By folded user name; ERR_NOT_FOUND without detail. */
must_check enum err people_find_by_user_key(
	struct db *db, struct ctx *cx, const char *user_key, struct person **ret_person);
/* The living people whose folded user names are in a JSON array, in no order. */
must_check enum err people_of_user_keys(struct db *db, struct ctx *cx, const char *keys_json,
	int limit, struct person **ret_people, size_t *ret_count);
/* The one living person with this folded e-mail or Managed Apple Account; ERR_NOT_FOUND without
 * detail when there is none, ERR_CONFLICT "person.ambiguous" when there are several. */
must_check enum err people_find_by_email_key(
	struct db *db, struct ctx *cx, const char *email_key, struct person **ret_person);
must_check enum err people_find_by_account_key(
	struct db *db, struct ctx *cx, const char *account_key, struct person **ret_person);

/* Which of the folded addresses are somebody's, as e-mail or as Managed Apple Account. */
must_check enum err people_know_addresses(
	struct db *db, struct ctx *cx, const char *const *keys, size_t count, bool *ret_known);

/* Writes all columns but id, is_eligible, platforms, device_count and vpp. ERR_CONFLICT
 * "db.unique" when another living person has the user_key. */
must_check enum err people_insert(
	struct db *db, struct ctx *cx, const struct person *person, int64_t *ret_id);
must_check enum err people_update(struct db *db, struct ctx *cx, const struct person *person);
/* The row stays, so that its VPP users and history keep a name; devices are set free. */
must_check enum err people_delete(struct db *db, struct ctx *cx, int64_t id, int64_t now);

/* Writes platforms and is_eligible from the person's present row and devices, in one statement.
 * To be called after every change of either; person_id 0 does nothing. */
must_check enum err people_refresh(struct db *db, struct ctx *cx, int64_t person_id);

/* What was done for a person: an item of a job, or an invitation. */
struct person_event {
	const char *type; /* item, invitation */
	int64_t id;
	int64_t at;
	int64_t job_id; /* 0: none */
	const char *kind, *state;
	const char *channel, *detail, *reason; /* NULL: none */
	int64_t apple_number;
	int64_t order; /* with at: the place in the list */
};

/* Newest first, before a place (before_at 0: from the newest). */
must_check enum err people_history(struct db *db, struct ctx *cx, int64_t person_id,
	int64_t before_at, int64_t before_order, int limit, struct person_event **ret_events,
	size_t *ret_count);
