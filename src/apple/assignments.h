/* assignments.h - who holds which asset. */
#pragma once

#include <stddef.h>

#include "apple/client.h"
#include "apple/users.h"

struct apple_assignment {
	const char *adam_id;
	const char *pricing_param;
	const char *client_user_id; /* one of the two is NULL */
	const char *serial_number;
};

struct apple_assignments_page {
	struct apple_page page;
	struct apple_assignment *assignments;
	size_t count;
};

/* NULL filters are left out. */
struct apple_assignments_query {
	const char *adam_id, *pricing_param;
	const char *client_user_id, *serial_number;
	const char *since_version_id; /* shows what was added, never what was taken away */
	int64_t page_index;
};

must_check enum err apple_assignments_get(struct apple_session *s, struct ctx *cx,
	const struct apple_assignments_query *query, struct apple_reply *ret_reply,
	struct apple_assignments_page *ret_page);
