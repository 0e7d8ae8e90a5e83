/* plist.h - Apple property lists, as MDM commands and answers use them. libplist is known here
 * alone; the prefix is pl_ because libplist has taken plist_. */
#pragma once

#include <stddef.h>

#include "base/err.h"

struct ctx;
struct plist; /* one node; belongs to the root that was parsed or made */

#define PLIST_MAX_BYTES (1024 * 1024)

struct plist *pl_new_dict(void);
void pl_free(struct plist *root); /* accepts NULL */
void pl_set_str(struct plist *dict, const char *key, const char *value);
/* Adds an empty dictionary under key and gives it; it belongs to dict. */
struct plist *pl_set_dict(struct plist *dict, const char *key);

/* XML text in cx->mem. */
char *pl_to_xml(struct ctx *cx, const struct plist *root);

/* XML or binary. ERR_INVALID "plist.invalid". */
must_check enum err pl_parse(
	struct ctx *cx, const char *bytes, size_t length, struct plist **ret_root);
struct plist *pl_get(const struct plist *dict, const char *key); /* NULL when absent */
/* A string member, copied to cx->mem; NULL when absent or of another type. */
char *pl_str(struct ctx *cx, const struct plist *dict, const char *key);
