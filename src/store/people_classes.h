/* people_classes.h - people who match a filter, counted by what the tallies know of them.
 *
 * A class is a state with a set of flags. Everyone of a class is alike in the eyes of a rule that looks
 * at nothing else, so a million people are judged by judging some dozens of classes. Besides the
 * codes they name, the functions may return ERR_DB.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/people.h"

struct ctx;
struct db;

#define PEOPLE_CLASSES_MAX 512

struct people_class {
	struct person
		alike; /* vpp.state, is_eligible, is_active, platforms, and device_count as 0 or not */
	int64_t people;
};

/* Can the classes of this filter be counted? Not with a text or a department. */
bool people_classes_can(const struct people_filter *filter);

/* ret_classes has room for PEOPLE_CLASSES_MAX. location_id is not 0. */
must_check enum err people_classes_count(struct db *db, struct ctx *cx,
	const struct people_filter *filter, int64_t location_id, struct people_class *ret_classes,
	size_t *ret_count);

/* People of whom their class does not tell all: work is open for them, Apple did not list them, or (with
 * sent_since) they were sent a message from then on. Each once, in order of id; *ret_is_more: there are more than the limit, and the list is of no use. */
must_check enum err people_classes_unsettled(struct db *db, struct ctx *cx, int64_t location_id,
	int64_t sent_since, size_t limit, int64_t **ret_ids, size_t *ret_count, bool *ret_is_more);
