#include "bin/settings.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/ctx.h"
#include "base/text.h"

const struct setting_row *settings_rows(struct ctx *cx, struct settings *s, size_t *ret_count)
{
	const struct setting_row rows[] = {
#define SETTING(member, type, min, max, fallback, value_name, help)                                \
	{ #member, SETTING_##type, min, max, fallback, value_name, help, &s->member },
#include "bin/settings.def"
#undef SETTING
	};
	*ret_count = sizeof(rows) / sizeof(rows[0]);
	return arena_copy(cx->mem, rows, sizeof(rows));
}

static char *flag_name(struct ctx *cx, const char *flag)
{
	return text_replace(cx->mem, flag, "_", "-");
}

static char *environment_name(struct ctx *cx, const char *flag)
{
	char *name = arena_printf(cx->mem, "POMONA_%s", flag);
	for (char *p = name; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	return name;
}

static enum err check(struct ctx *cx, const struct setting_row *row)
{
	int64_t number;
	if (row->type != SETTING_NUMBER || !*row->value ||
		!text_parse_i64(*row->value, row->min, row->max, &number))
		return OK;
	return err_set(cx, ERR_INVALID, "settings.number",
		"--%s must be a whole number from %" PRId64 " to %" PRId64 ", not \"%s\".",
		flag_name(cx, row->flag), row->min, row->max, *row->value);
}

/* The row of "--flag" or "--flag=value"; *ret_inline is the value after "=", or NULL. */
static const struct setting_row *row_of(struct ctx *cx, const struct setting_row *rows,
	size_t count, const char *argument, const char **ret_inline)
{
	if (!text_starts_with(argument, "--"))
		return NULL;
	size_t length = strcspn(argument + 2, "=");
	*ret_inline = argument[2 + length] ? argument + 3 + length : NULL;
	for (size_t i = 0; i < count; i++) {
		const char *name = flag_name(cx, rows[i].flag);
		if (strlen(name) == length && !strncmp(name, argument + 2, length))
			return &rows[i];
	}
	return NULL;
}

enum err settings_read(
	struct ctx *cx, const struct setting_row *rows, size_t count, int argc, char **argv)
{
	for (size_t i = 0; i < count; i++) {
		const char *set = getenv(environment_name(cx, rows[i].flag));
		*rows[i].value = set && *set ? set : rows[i].fallback;
	}
	for (int i = 0; i < argc; i++) {
		const char *value;
		const struct setting_row *row = row_of(cx, rows, count, argv[i], &value);
		if (!row)
			return err_set(cx, ERR_INVALID, "settings.unknown",
				"There is no option %s here; --help lists them.", argv[i]);
		if (!value && i + 1 < argc)
			value = argv[++i];
		if (!value || !*value)
			return err_set(cx, ERR_INVALID, "settings.value", "--%s needs a value: %s.",
				flag_name(cx, row->flag), row->value_name);
		*row->value = value;
	}
	for (size_t i = 0; i < count; i++) {
		enum err e = check(cx, &rows[i]);
		if (e)
			return e;
	}
	return OK;
}

void settings_help(const struct setting_row *rows, size_t count, FILE *out)
{
	CTX_AUTO(cx);
	for (size_t i = 0; i < count; i++) {
		const struct setting_row *row = &rows[i];
		char *flag =
			arena_printf(cx.mem, "--%s %s", flag_name(&cx, row->flag), row->value_name);
		fprintf(out, "  %-22s %s", flag, row->help);
		if (row->fallback)
			fprintf(out, " (default: %s)", row->fallback);
		fprintf(out, "\n  %-22s environment: %s\n", "", environment_name(&cx, row->flag));
	}
}
