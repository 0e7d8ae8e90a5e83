/* redact.h - what was said to Apple and by Apple, fit to be shown: without secrets, and short. */
#pragma once

#include <stddef.h>

struct ctx;

/* The first bytes of a JSON text (or of anything else), at most limit, in cx->mem. Values of members
 * that are secret (tokens, codes, passwords, links with a code) become "…"; e-mail addresses keep
 * their first letter and their domain. Says how much was left out. NULL gives "". */
const char *apple_redact(struct ctx *cx, const char *text, size_t length, size_t limit);
