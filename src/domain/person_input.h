/* person_input.h - what is said about a person, by a row of a file or the body of a request,
 * before it is a row of ours: checked, compared, merged.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/people.h"

struct arena;
struct audit_change;
struct ctx;
struct json;

#define PERSON_NAME_MAX     200
#define PERSON_EMAIL_MAX    254
#define PERSON_GROUP_MAX    100
#define PERSON_GROUPS       50
#define PERSON_LANGUAGE_MAX 35
#define PERSON_SERIALS      50

/* Text: NULL is not said (keep what is there), "" is none. */
struct person_input {
	const char *user_name;
	const char *display_name;
	const char *email;
	const char *managed_apple_account;
	const char *groups; /* "a|b" */
	const char *department;
	const char *language;
	const char *serials; /* "C02…|F9F…"; files only */
	int active;          /* 0, 1, or -1: not said */
};

/* Trims, normalises and checks every member that is said. ERR_INVALID person.* with a pointer such
 * as "/email" and a sentence without "line" or "field". */
must_check enum err person_input_check(struct ctx *cx, struct person_input *in);

/* The row that the input makes of now (NULL: a new person), with all folded keys. id and
 * created_at are taken over from now. */
struct person person_merge(struct arena *a, const struct person *now, const struct person_input *in,
	const char *source, int64_t at);

/* The same for the audit trail, member by member. */
void person_audit(
	struct audit_change *change, const struct person *now, const struct person *merged);
/* What would change, in words ("e-mail: a@x.example → b@x.example; active: yes → no"), or NULL when
 * nothing would. serials are not looked at. */
const char *person_changes(struct ctx *cx, const struct person *now, const struct person *merged);

/* The form in which an import keeps it between preview and apply. */
char *person_input_to_json(struct ctx *cx, const struct person_input *in);
must_check enum err person_input_from_json(
	struct ctx *cx, const char *text, struct person_input *ret_input);
