#include "domain/invitations.h"

#include "base/clock.h"
#include "base/ctx.h"
#include "store/vpp_users.h"

enum err invitations_plan(struct app *app, struct db *db, struct ctx *cx, int64_t vpp_user_id,
	int64_t item_id)
{
	(void)app;
	(void)item_id;
	return vpp_users_set_message(db, cx, vpp_user_id, "waiting", NULL, NULL, clock_now_ms());
}

enum err invitations_withdraw(struct db *db, struct ctx *cx, int64_t vpp_user_id,
	const char *reason)
{
	return vpp_users_set_message(db, cx, vpp_user_id, "none", NULL, reason, clock_now_ms());
}
