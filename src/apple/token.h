/* token.h - the content token file (.vpptoken) as Apple hands it out.
 *
 * The file is one base64 text; decoded it is JSON with token, expDate and orgName. What is sent to
 * Apple is the outer text as it was downloaded, without the white space around it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;

#define APPLE_TOKEN_MAX_BYTES 16384

struct apple_token {
	const char *text; /* the bearer value; a secret, in cx->mem: wipe it when it is stored */
	size_t length;
	const char *organisation;
	int64_t expires_at;
};

/* ERR_LIMITED token.too_large; ERR_INVALID with one of: token.empty, token.not_base64, token.not_json,
 * token.incomplete (a member is missing or of another type), token.expired. The token is written
 * for token.expired too (and for that refusal alone), so that a caller can name the organisation. */
must_check enum err apple_token_parse(
	struct ctx *cx, const char *bytes, size_t length, struct apple_token *ret_token);
