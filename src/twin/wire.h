/* wire.h - the last steps of an answer: key order, keys nobody knows, and reading forms. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct arena;
struct buf;
struct ctx;
struct random;

/* Writes the JSON text again with the members of each object in random order, and with members
 * that no reader knows, as asked. What is not JSON stays as it is. */
void wire_disorder(struct ctx *cx, struct random *random, bool is_to_shuffle, bool is_to_add,
	const char *json, struct buf *out);

/* A member of an application/x-www-form-urlencoded body, decoded; NULL when absent. */
char *wire_form_field(struct arena *mem, const char *form, const char *name);
