/* api.h - one call of Pomona's API. */
#pragma once

#include <stddef.h>
#include <stdio.h>

#include "cli/commands.h"

struct api_call {
	const char *method, *path; /* path with its query */
	const char *body;          /* NULL: none */
	size_t body_length;        /* 0: that of the text */
	const char *content_type;  /* NULL: application/json */
	bool is_action;            /* carries an Idempotency-Key */
};

/* Gives an exit code; when it is not CLI_FINE, the problem was told on stderr. ret_json may be NULL;
 * it is NULL for an answer without a body. */
int api_send(struct cli *c, const struct api_call *call, const struct json **ret_json);
int api_get(struct cli *c, const char *path, const struct json **ret_json);

/* An answer that is no JSON (a CSV file), written to out as it is. */
int api_copy(struct cli *c, const char *path, FILE *out);

/* "a=b" pairs of --filter become "&a=b…", checked against known (ended by NULL). NULL: it
 * complained. */
char *api_filter_query(struct cli *c, const char *const *known);
