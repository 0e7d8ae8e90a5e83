/* driver.c - runs a fuzz target without libFuzzer: `fuzz_x RUNS FILE…`. Each run takes a file of the
 * corpus and changes it in a few places; the numbers are the same each time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define INPUT_MAX_BYTES (256 * 1024)

static uint64_t random_state = 88172645463325252u;

static size_t random_below(size_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return limit ? random_state % limit : 0;
}

/* Bytes that mean something to readers of text. */
static const char special[] = "\0\xff\xfe\xef\xbb\xbf\",;\t\r\n'=+-@|:[]{}<%\xc3\xa4\xcc\x88";

static size_t change(uint8_t *bytes, size_t length)
{
	size_t at = random_below(length + 1);
	switch (random_below(5)) {
	case 0: /* another byte */
		if (at < length)
			bytes[at] = (uint8_t)random_below(256);
		return length;
	case 1: /* a byte with a meaning */
		if (at < length)
			bytes[at] = (uint8_t)special[random_below(sizeof(special) - 1)];
		return length;
	case 2: /* cut off */
		return at;
	case 3: { /* a part taken out */
		size_t gone = random_below(length - at + 1);
		memmove(bytes + at, bytes + at + gone, length - at - gone);
		return length - gone;
	}
	default: { /* a part said again */
		size_t more = random_below(length - at + 1) % 4096;
		if (length + more > INPUT_MAX_BYTES)
			return length;
		memmove(bytes + at + more, bytes + at, length - at);
		return length + more;
	}
	}
}

static size_t read_file(const char *path, uint8_t *bytes)
{
	FILE *file = fopen(path, "rb");
	if (!file) {
		perror(path);
		exit(2);
	}
	size_t length = fread(bytes, 1, INPUT_MAX_BYTES, file);
	fclose(file);
	return length;
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: %s RUNS FILE…\n", argv[0]);
		return 2;
	}
	uint8_t *bytes = malloc(INPUT_MAX_BYTES);
	if (!bytes)
		return 2;
	for (long run = 0, runs = strtol(argv[1], NULL, 10); run < runs; run++) {
		size_t length = read_file(argv[2 + run % (argc - 2)], bytes);
		/* The first round is the corpus as it is. */
		for (size_t i = run < argc - 2 ? 0 : 1 + random_below(8); i > 0; i--)
			length = change(bytes, length);
		LLVMFuzzerTestOneInput(bytes, length);
	}
	free(bytes);
	return 0;
}
