/* plist.h - Apple property lists, as MDM commands and answers use them. libplist is known here
 * alone. */
#pragma once

#include <stddef.h>

#include "base/err.h"

struct ctx;
struct plist; /* one node; belongs to the root that was parsed or made */

#define PLIST_MAX_BYTES (1024 * 1024)

struct plist *plist_new_dict(void);
void plist_free(struct plist *root); /* accepts NULL */
void plist_set_str(struct plist *dict, const char *key, const char *value);
/* Adds an empty dictionary under key and gives it; it belongs to dict. */
struct plist *plist_set_dict(struct plist *dict, const char *key);

/* XML text in cx->mem. */
char *plist_to_xml(struct ctx *cx, const struct plist *root);

/* XML or binary. ERR_INVALID "plist.invalid". */
must_check enum err plist_parse(struct ctx *cx, const char *bytes, size_t length,
				struct plist **ret_root);
struct plist *plist_get(const struct plist *dict, const char *key); /* NULL when absent */
/* A string member, copied to cx->mem; NULL when absent or of another type. */
char *plist_str(struct ctx *cx, const struct plist *dict, const char *key);
