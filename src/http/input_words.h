/* input_words.h - closed sets of words, for the two halves of input.h (input.c, input_json.c). */
#pragma once

#include <stddef.h>

struct ctx;

/* The word of the set that equals text, or NULL. words ends with NULL. */
const char *input_word(const char *const *words, const char *text);
/* "a, b, c" for a sentence. */
const char *input_words_listed(struct ctx *cx, const char *const *words);
/* Code points of valid UTF-8. */
size_t input_characters(const char *text);
