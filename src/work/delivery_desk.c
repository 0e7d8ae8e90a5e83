#include "work/delivery_desk.h"

#include "base/ctx.h"
#include "domain/action.h"

static const struct actor delivery_actor = { .kind = "system", .name = "delivery", .from = "" };

struct delivery_slip {
	struct delivery_turn *turn;
	struct ctx *cx; /* gets the error */
	enum err result;
	bool is_served;
};

void delivery_desk_init(struct delivery_desk *desk, struct app *app)
{
	*desk = (struct delivery_desk){ .app = app };
	pthread_mutex_init(&desk->lock, NULL);
	pthread_cond_init(&desk->served, NULL);
}

void delivery_desk_fini(struct delivery_desk *desk)
{
	pthread_cond_destroy(&desk->served);
	pthread_mutex_destroy(&desk->lock);
}

/* Under the lock, which is let go of meanwhile. */
static void serve(struct delivery_desk *desk)
{
	struct delivery_slip *slips[COURIERS];
	struct delivery_turn *turns[COURIERS];
	size_t count = desk->slip_count;
	for (size_t i = 0; i < count; i++) {
		slips[i] = desk->slips[i];
		turns[i] = slips[i]->turn;
	}
	desk->slip_count = 0;
	desk->is_busy = true;
	pthread_mutex_unlock(&desk->lock);
	CTX_AUTO(cx);
	cx.actor = delivery_actor;
	enum err e = invitation_queue_turn(desk->app, &cx, turns, count);
	pthread_mutex_lock(&desk->lock);
	for (size_t i = 0; i < count; i++) {
		slips[i]->result = e ? action_pass_error(slips[i]->cx, &cx, e) : OK;
		slips[i]->is_served = true;
	}
	desk->is_busy = false;
	pthread_cond_broadcast(&desk->served);
}

enum err delivery_desk_turn(struct delivery_desk *desk, struct ctx *cx, struct delivery_turn *turn)
{
	struct delivery_slip slip = { .turn = turn, .cx = cx };
	pthread_mutex_lock(&desk->lock);
	desk->slips[desk->slip_count++] = &slip;
	while (!slip.is_served) {
		if (desk->is_busy)
			pthread_cond_wait(&desk->served, &desk->lock);
		else
			serve(desk);
	}
	pthread_mutex_unlock(&desk->lock);
	return slip.result;
}
