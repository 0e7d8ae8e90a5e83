#include "domain/audit_watch.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/wake.h"
#include "db/db.h"
#include "domain/app.h"
#include "store/audit.h"

/* A row that was changed after it was read is found by the next walk. */
#define WHOLE_EVERY_MS (24 * 60 * 60 * 1000LL)

struct audit_watch {
	pthread_mutex_t lock; /* guards seen and is_asked */
	struct audit_seen seen;
	bool is_asked;
	/* of the thread alone */
	struct audit_walk walk;
	bool is_whole; /* the walk began at the first row and is not at its end */
	int64_t whole_at;
	int64_t begun_at;
};

struct audit_watch *audit_watch_new(void)
{
	struct audit_watch *watch = calloc(1, sizeof(*watch));
	if (!watch)
		abort();
	pthread_mutex_init(&watch->lock, NULL);
	return watch;
}

void audit_watch_free(struct audit_watch *watch)
{
	if (!watch)
		return;
	pthread_mutex_destroy(&watch->lock);
	free(watch);
}

void audit_watch_read(struct audit_watch *watch, struct audit_seen *ret_seen)
{
	pthread_mutex_lock(&watch->lock);
	*ret_seen = watch->seen;
	ret_seen->is_walking = watch->seen.is_walking || watch->is_asked;
	pthread_mutex_unlock(&watch->lock);
}

void audit_watch_again(struct app *app)
{
	struct audit_watch *watch = app->audit_watch;
	pthread_mutex_lock(&watch->lock);
	watch->is_asked = true;
	pthread_mutex_unlock(&watch->lock);
	wake_ring(app->audit_wake);
}

/* A new pass: over everything, or from where the last one ended. */
static void begin(struct audit_watch *watch)
{
	int64_t now = clock_now_ms();
	pthread_mutex_lock(&watch->lock);
	bool is_whole = watch->is_asked || !watch->whole_at || watch->walk.bad_id ||
	                now - watch->whole_at > WHOLE_EVERY_MS || now < watch->whole_at;
	watch->is_asked = false;
	watch->seen.is_walking = is_whole;
	pthread_mutex_unlock(&watch->lock);
	watch->begun_at = now;
	watch->is_whole = is_whole;
	if (is_whole)
		watch->walk = (struct audit_walk){ 0 };
	watch->walk.is_at_end = false;
}

static void tell(const struct audit_walk *walk)
{
	log_event(LOG_ERROR, "audit.broken", "row=%" PRId64 " words=\"%s\" whole_before=%" PRId64,
		walk->bad_id, walk->words, walk->rows);
}

/* What a pass found is said at its end: until then the last one stands. */
static void end(struct audit_watch *watch)
{
	const struct audit_walk *walk = &watch->walk;
	if (walk->bad_id && watch->seen.bad_id != walk->bad_id)
		tell(walk);
	if (watch->is_whole)
		watch->whole_at = watch->begun_at;
	pthread_mutex_lock(&watch->lock);
	struct audit_seen *seen = &watch->seen;
	seen->is_known = true;
	seen->is_walking = false;
	seen->rows = walk->rows;
	if (walk->bad_id && !seen->bad_id)
		seen->bad_since = clock_now_ms();
	else if (!walk->bad_id)
		seen->bad_since = 0;
	seen->bad_id = walk->bad_id;
	seen->words = walk->bad_id ? walk->words : NULL;
	if (!walk->bad_id)
		seen->checked_at = watch->begun_at;
	pthread_mutex_unlock(&watch->lock);
}

enum err audit_watch_step(struct app *app, struct ctx *cx, bool *ret_is_done)
{
	struct audit_watch *watch = app->audit_watch;
	if (!watch->begun_at || watch->walk.is_at_end)
		begin(watch);
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = audit_walk_on(db, cx, &watch->walk);
	if (e)
		return e;
	if (watch->walk.is_at_end)
		end(watch);
	*ret_is_done = watch->walk.is_at_end;
	return OK;
}
