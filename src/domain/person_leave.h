/* person_leave.h - what taking a person out of the list means at Apple, told before it is done.
 *
 * Taken out, a person is not wanted as a VPP user any more: the next sync retires them at Apple. Whoever
 * does not want to wait for it has them retired now; both ways are the same job in the end.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct app;
struct ctx;

#define PERSON_PLACES_MAX 100

struct person_place {
	int64_t location_id;
	const char *location_name;
	bool is_retired;   /* it will be, now or by the next sync */
	const char *words; /* what happens there, or why nothing does */
	int64_t licences, licences_stay;
};

/* The locations in which the person is a VPP user; none: Apple knows nothing of them. ERR_NOT_FOUND
 * "person.none". */
must_check enum err person_leave_preview(struct app *app, struct ctx *cx, int64_t id,
	struct person_place **ret_places, size_t *ret_count);
/* Retires them where they are VPP users and takes them out of the list; ret_jobs has room for
 * PERSON_PLACES_MAX. */
must_check enum err person_leave(
	struct app *app, struct ctx *cx, int64_t id, int64_t *ret_jobs, size_t *ret_count);
