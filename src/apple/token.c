#include "apple/token.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/secret.h"
#include "base/text.h"

#include <ctype.h>
#include <string.h>

static bool is_base64_char(char c)
{
	return isalnum((unsigned char)c) || c == '+' || c == '/' || c == '=';
}

/* The bearer value: the file's text without the white space that downloads and editors add. A
 * byte-order mark counts as such white space. */
static enum err read_text(
	struct ctx *cx, const char *bytes, size_t length, struct apple_token *ret_token)
{
	if (length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
		bytes += 3;
		length -= 3;
	}
	char *text = arena_alloc(cx->mem, length + 1);
	size_t n = 0;
	for (size_t i = 0; i < length; i++) {
		if (isspace((unsigned char)bytes[i]))
			continue;
		if (!is_base64_char(bytes[i]))
			return err_set(cx, ERR_INVALID, "token.not_base64",
				"This is not a content token: the file holds characters that are "
				"not "
				"base64. Upload the .vpptoken file as Apple gave it.");
		text[n++] = bytes[i];
	}
	if (n == 0)
		return err_set(cx, ERR_INVALID, "token.empty",
			"The file is empty. Upload the .vpptoken file as Apple gave it.");
	ret_token->text = text;
	ret_token->length = n;
	return OK;
}

static enum err read_members(
	struct ctx *cx, const uint8_t *json, size_t length, struct apple_token *ret_token)
{
	const struct json *root;
	if (json_parse(cx, (const char *)json, length, &root) != OK || !json_is_object(root))
		return err_set(cx, ERR_INVALID, "token.not_json",
			"This is base64 text, but not a content token: there is no JSON inside. "
			"Upload the .vpptoken file as Apple gave it.");
	static const char *const members[] = { "token", "expDate", "orgName" };
	for (size_t i = 0; i < 3; i++)
		if (text_is_blank(json_str(root, members[i])))
			return err_set(cx, ERR_INVALID, "token.incomplete",
				"This is not a whole content token: \"%s\" is missing. Download it "
				"again at Apple.",
				members[i]);
	if (clock_parse(json_str(root, "expDate"), &ret_token->expires_at) != OK)
		return err_set(cx, ERR_INVALID, "token.incomplete",
			"This is not a whole content token: its date of expiry cannot be read. "
			"Download it again at Apple.");
	ret_token->organisation = arena_strdup(cx->mem, json_str(root, "orgName"));
	return OK;
}

enum err apple_token_parse(
	struct ctx *cx, const char *bytes, size_t length, struct apple_token *ret_token)
{
	struct apple_token token = { 0 };
	if (length > APPLE_TOKEN_MAX_BYTES)
		return err_set(cx, ERR_LIMITED, "token.too_large",
			"The file is too large for a content token (%zu bytes, at most %d).",
			length, APPLE_TOKEN_MAX_BYTES);
	enum err e = read_text(cx, bytes, length, &token);
	if (e)
		return e;

	uint8_t *json;
	size_t json_length;
	if (text_base64_decode(cx->mem, token.text, token.length, &json, &json_length) != OK)
		return err_set(cx, ERR_INVALID, "token.not_base64",
			"This is not a content token: the file is not whole base64 text. Upload "
			"the "
			".vpptoken file as Apple gave it.");
	e = read_members(cx, json, json_length, &token);
	secret_wipe(json, json_length);
	if (e)
		return e;

	*ret_token = token;
	if (token.expires_at <= clock_now_ms())
		return err_set(cx, ERR_INVALID, "token.expired",
			"This content token of %s expired on %.10s. Download a new one at Apple.",
			token.organisation, clock_rfc3339(cx->mem, token.expires_at));
	return OK;
}
