/* tokens list, tokens revoke, admins list, messages list. */
#include <inttypes.h>

#include "base/text.h"
#include "cli/api.h"
#include "cli/cli.h"
#include "cli/show.h"

int cli_tokens_list(struct cli *c)
{
	static const struct show_column columns[] = { { "TOKEN", "id" }, { "NAME", "name" },
		{ "ROLE", "role" }, { "MADE BY", "created_by" }, { "MADE AT", "created_at" },
		{ "ENDS AT", "expires_at" }, { "USED AT", "used_at" },
		{ "REVOKED AT", "revoked_at" }, { NULL, NULL } };
	return show_list(c, "/api/v1/api-tokens", columns);
}

int cli_tokens_revoke(struct cli *c)
{
	int64_t id;
	if (text_parse_i64(c->words[0], 1, INT64_MAX, &id))
		return cli_complain(CLI_USAGE, "\"%s\" is not the number of a token.", c->words[0]);
	struct api_call call = { .method = "DELETE",
		.path = arena_printf(c->cx.mem, "/api/v1/api-tokens/%" PRId64, id) };
	return api_send(c, &call, NULL);
}

int cli_admins_list(struct cli *c)
{
	static const struct show_column columns[] = { { "ADMIN", "id" }, { "NAME", "name" },
		{ "E-MAIL", "email" }, { "ROLE", "role" }, { "MAY SIGN IN", "is_active" },
		{ "LAST SEEN", "last_seen_at" }, { NULL, NULL } };
	return show_list(c, "/api/v1/admins", columns);
}

int cli_messages_list(struct cli *c)
{
	static const char *const keys[] = { "state", "channel", NULL };
	static const struct show_column columns[] = { { "MESSAGE", "id" },
		{ "PERSON", "person.display_name" }, { "BY", "channel" }, { "STATE", "state" },
		{ "TO", "recipient" }, { "TRIES", "attempts" }, { "SENT AT", "sent_at" },
		{ "REASON", "reason" }, { NULL, NULL } };
	const char *filter = api_filter_query(c, keys);
	if (!filter)
		return CLI_USAGE;
	return show_list(c, arena_printf(c->cx.mem, "/api/v1/invitations?%s", filter), columns);
}
