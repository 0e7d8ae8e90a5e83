#include "twin/random.h"

#include <string.h>

void random_init(struct random *r, uint64_t seed)
{
	r->state = seed;
}

/* SplitMix64: small, good enough for faults and identifiers of a simulator. */
uint64_t random_next(struct random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint64_t random_below(struct random *r, uint64_t limit)
{
	return limit ? random_next(r) % limit : 0;
}

bool random_percent(struct random *r, int64_t percent)
{
	return percent > 0 && (int64_t)random_below(r, 100) < percent;
}

void random_hex(struct random *r, size_t digits, char *ret_text)
{
	for (size_t i = 0; i < digits; i++)
		ret_text[i] = "0123456789abcdef"[random_below(r, 16)];
	ret_text[digits] = '\0';
}

void random_digits(struct random *r, size_t digits, char *ret_text)
{
	for (size_t i = 0; i < digits; i++)
		ret_text[i] = (char)('0' + (i ? random_below(r, 10) : 1 + random_below(r, 9)));
	ret_text[digits] = '\0';
}

void random_uuid(struct random *r, char ret_text[37])
{
	random_hex(r, 36, ret_text);
	ret_text[8] = ret_text[13] = ret_text[18] = ret_text[23] = '-';
	ret_text[14] = '4';
	ret_text[19] = "89ab"[random_below(r, 4)];
}
