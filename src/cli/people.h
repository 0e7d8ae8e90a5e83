/* people.h - finding a person by what an admin calls them. */
#pragma once

#include <stdint.h>

struct cli;

/* "id:17", a user name, or an e-mail. Gives an exit code; it complained when that is not CLI_FINE. */
int cli_people_find(struct cli *c, const char *user, int64_t *ret_id);

/* "&location=3", or "". */
const char *cli_location_query(struct cli *c);

extern const char *const cli_people_filter_keys[];
