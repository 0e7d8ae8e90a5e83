/* world.h - a location, people, VPP users, jobs and items to test with. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/vpp_users.h"

struct ctx;
struct db;

int64_t a_location(struct db *db, struct ctx *cx);
int64_t a_person(
	struct db *db, struct ctx *cx, const char *name, const char *email, bool is_active);
/* Known to Apple by that clientUserId, with the e-mail CLIENT@example.org. */
struct vpp_user a_user(struct db *db, struct ctx *cx, int64_t location_id, int64_t person_id,
	const char *client, enum vpp_state state);
/* Running; phase NULL: not a sync. */
int64_t a_job(struct db *db, struct ctx *cx, int64_t location_id, const char *kind,
	const char *phase, int64_t total);
int64_t an_item(struct db *db, struct ctx *cx, int64_t job_id, const struct vpp_user *u,
	const char *kind, const char *state);

/* A list that Apple would give, still without users; gone with cx. */
struct user_list *a_list(struct ctx *cx);
