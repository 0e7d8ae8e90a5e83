/* input_words.h - closed sets of words, for the two halves of input.h (input.c, input_json.c). */
#pragma once

struct ctx;

/* The word of the set that equals text, or NULL. words ends with NULL. */
const char *input_word(const char *const *words, const char *text);
/* "a, b, c" for a sentence. */
const char *input_words_listed(struct ctx *cx, const char *const *words);
