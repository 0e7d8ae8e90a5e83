/* random.h - the twin's chance: one seed, one sequence, so that a run can be repeated. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct random {
	uint64_t state;
};

void random_init(struct random *r, uint64_t seed);
uint64_t random_next(struct random *r);
uint64_t random_below(struct random *r, uint64_t limit); /* 0 … limit - 1; 0 for limit 0 */
bool random_percent(struct random *r, int64_t percent);
void random_hex(struct random *r, size_t digits, char *ret_text);    /* digits + 1 bytes */
void random_digits(struct random *r, size_t digits, char *ret_text); /* the first is not 0 */
void random_uuid(struct random *r, char ret_text[37]);
