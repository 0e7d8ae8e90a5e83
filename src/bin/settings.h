/* settings.h - flags and environment variables, read from tables of rows.
 *
 * A flag wins over the environment, which wins over the default. An empty value counts as absent.
 */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

struct ctx;

#define APPLE_URL "https://vpp.itunes.apple.com/mdm/v2"

enum setting_type { SETTING_TEXT, SETTING_NUMBER };

struct setting_row {
	const char *flag; /* "public_url"; written --public-url and POMONA_PUBLIC_URL */
	enum setting_type type;
	int64_t min, max;
	const char *fallback;
	const char *value_name, *help;
	const char **value; /* where it goes */
};

struct settings {
#define SETTING(member, type, min, max, fallback, value_name, help) const char *member;
#include "bin/settings.def"
#undef SETTING
};

/* The rows of settings.def, writing into s. */
const struct setting_row *settings_rows(struct ctx *cx, struct settings *s, size_t *ret_count);

/* Reads what follows the command's words. ERR_INVALID "settings.…" names the flag. */
must_check enum err settings_read(
	struct ctx *cx, const struct setting_row *rows, size_t count, int argc, char **argv);
void settings_help(const struct setting_row *rows, size_t count, FILE *out);
