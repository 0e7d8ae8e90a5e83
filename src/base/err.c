#include "base/err.h"

#include <stdarg.h>

#include "base/ctx.h"

static enum err set(struct ctx *cx, enum err code, const char *reason, const char *pointer,
	const char *format, va_list args)
{
	cx->error = (struct err_detail){
		.code = code,
		.reason = reason,
		.sentence = arena_vprintf(cx->mem, format, args),
		.pointer = arena_strdup(cx->mem, pointer),
	};
	return code;
}

enum err err_set(struct ctx *cx, enum err code, const char *reason, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	set(cx, code, reason, NULL, format, args);
	va_end(args);
	return code;
}

enum err err_set_field(struct ctx *cx, enum err code, const char *reason, const char *pointer,
	const char *format, ...)
{
	va_list args;
	va_start(args, format);
	set(cx, code, reason, pointer, format, args);
	va_end(args);
	return code;
}

const char *err_name(enum err code)
{
	switch (code) {
	case OK:
		return "ok";
	case ERR_INVALID:
		return "invalid";
	case ERR_DENIED:
		return "denied";
	case ERR_NOT_FOUND:
		return "not_found";
	case ERR_CONFLICT:
		return "conflict";
	case ERR_LIMITED:
		return "limited";
	case ERR_UNCERTAIN:
		return "uncertain";
	case ERR_REMOTE:
		return "remote";
	case ERR_DB:
		return "db";
	case ERR_IO:
		return "io";
	case ERR_BUG:
		return "bug";
	}
	return "unknown";
}
