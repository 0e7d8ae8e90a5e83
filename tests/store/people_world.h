/* people_world.h - people as they come by the doors, with their keys folded, and what a list of them shows. */
#pragma once

#include "store/people.h"
#include "store/vpp_users.h"

struct ctx;
struct db;

int64_t add_person(struct db *db, struct ctx *cx, const char *user_name, const char *name);
int64_t count_of(struct db *db, struct ctx *cx, const struct people_filter *f);
void add_device(struct db *db, struct ctx *cx, const char *serial, const char *platform,
	const char *state, int64_t person_id);
int64_t add_location(struct db *db, struct ctx *cx);
int64_t add_vpp_user(struct db *db, struct ctx *cx, int64_t location_id, int64_t person_id,
	enum vpp_state state);
const char *list(
	struct db *db, struct ctx *cx, struct people_filter filter, struct people_page page);
