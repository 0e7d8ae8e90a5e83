/* access_password.h - hashing passwords without letting a crowd of them fill the memory.
 *
 * A hash takes 64 MiB and some 75 ms, so two run at once, a few wait, and the rest are told to come
 * again (ERR_LIMITED "session.busy"). Hashes are kept as sealed boxes.
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"

struct app;
struct ctx;

must_check enum err access_password_box(
	struct app *app, struct ctx *cx, const char *password, char **ret_box);
/* Was the hash made with other parameters than are used now? */
bool access_password_is_old(struct app *app, struct ctx *cx, const char *box);
/* box NULL: nobody has this name; the same work is done and the answer is false. */
must_check enum err access_password_fits(
	struct app *app, struct ctx *cx, const char *box, const char *password, bool *ret_fits);
