#include <string.h>

#include "base/arena.h"
#include "base/text.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *text_base64(struct arena *a, const void *bytes, size_t length)
{
	const uint8_t *from = bytes;
	char *out = arena_alloc(a, (length + 2) / 3 * 4 + 1), *to = out;
	for (size_t i = 0; i < length; i += 3) {
		size_t left = length - i;
		uint32_t three = (uint32_t)from[i] << 16;
		three |= left > 1 ? (uint32_t)from[i + 1] << 8 : 0;
		three |= left > 2 ? from[i + 2] : 0;
		*to++ = alphabet[three >> 18];
		*to++ = alphabet[three >> 12 & 63];
		*to++ = left > 1 ? alphabet[three >> 6 & 63] : '=';
		*to++ = left > 2 ? alphabet[three & 63] : '=';
	}
	return out;
}

static int value_of(char c)
{
	const char *at = c ? strchr(alphabet, c) : NULL;
	return at ? (int)(at - alphabet) : -1;
}

enum err text_base64_decode(
	struct arena *a, const char *s, size_t length, uint8_t **ret_bytes, size_t *ret_length)
{
	uint8_t *out = arena_alloc(a, length / 4 * 3 + 4);
	size_t made = 0, digits = 0, pads = 0;
	uint32_t bits = 0;
	for (size_t i = 0; i < length; i++) {
		if (s[i] == ' ' || s[i] == '\t' || s[i] == '\r' || s[i] == '\n')
			continue;
		if (s[i] == '=') {
			pads++;
			continue;
		}
		int value = value_of(s[i]);
		if (value < 0 || pads)
			return ERR_INVALID;
		bits = bits << 6 | (uint32_t)value;
		if (++digits % 4 == 0) {
			out[made++] = (uint8_t)(bits >> 16);
			out[made++] = (uint8_t)(bits >> 8);
			out[made++] = (uint8_t)bits;
		}
	}
	if (pads > 2 || (digits + pads) % 4)
		return ERR_INVALID;
	if (digits % 4 == 2 && !(bits & 15)) {
		out[made++] = (uint8_t)(bits >> 4);
	} else if (digits % 4 == 3 && !(bits & 3)) {
		out[made++] = (uint8_t)(bits >> 10);
		out[made++] = (uint8_t)(bits >> 2);
	} else if (digits % 4) {
		return ERR_INVALID;
	}
	*ret_bytes = out;
	*ret_length = made;
	return OK;
}
