/* person.h - the directory by hand: add someone, change someone, take someone out.
 *
 * Each verb is one transaction with its audit row. Apple learns of a change with the next sync: a
 * new e-mail is changed there, who was deactivated or taken out is retired there.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "domain/person_input.h"

struct app;
struct ctx;

/* ERR_CONFLICT "person.exists" when the user name is taken; ERR_INVALID as person_input_check. */
must_check enum err person_add(
	struct app *app, struct ctx *cx, struct person_input *in, int64_t *ret_id);
/* A change to what is there already writes nothing. ERR_NOT_FOUND "person.none". */
must_check enum err person_change(
	struct app *app, struct ctx *cx, int64_t id, struct person_input *in);
/* The person's devices stay and belong to nobody. ERR_NOT_FOUND "person.none". */
must_check enum err person_take_out(struct app *app, struct ctx *cx, int64_t id);
