/* How long answers are gathered before Apple's list is read. */
#include "../unit.h"
#include "base/clock.h"
#include "work/lane.h"

static const struct {
	const char *story;
	struct lane_waiting waiting; /* times: so many ms ago */
	bool is_sending;
	int64_t gathered_ago; /* 0: not yet */
	int64_t waits_ms;     /* 0: not at all */
} rows[] = {
	{ "nothing is due", { .coming = 3 }, false, 0, 0 },
	{ "nothing more comes", { .due = 2, .due_since = 1 }, false, 0, 0 },
	{ "one more may come any moment", { .due = 2, .due_since = 500, .coming = 1 }, false, 0,
		1000 },
	{ "that moment is over", { .due = 2, .due_since = 1600, .coming = 1 }, false, 0, 0 },
	{ "the first of many", { .due = 20, .due_since = 500, .coming = 30 }, true, 0, 1000 },
	{ "the next of many", { .due = 200, .due_since = 9000, .coming = 30 }, true, 10000, 20000 },
	{ "a small job among many",
		{ .due = 200, .due_since = 9000, .few_since = 500, .coming = 30 }, true, 10000,
		1000 },
	{ "a long list is about to be read", { .due = 200, .due_since = 9000, .coming = 30 }, true,
		31000, LANE_DRAIN_MS },
	{ "a short one", { .due = 20, .due_since = 9000, .coming = 30 }, true, 31000, 0 },
	{ "a long one, and Apple is done with all", { .due = 200, .due_since = 9000, .coming = 2 },
		true, 31000, 0 },
	{ "told removals of many, and more are coming",
		{ .due = 20, .due_told_retires = 20, .due_since = 1000, .coming = 5 }, false, 0,
		LANE_COMING_MS },
	{ "told removals while more is sent",
		{ .due = 20, .due_told_retires = 20, .due_since = LANE_HOLD_MS - 700 }, true, 0,
		700 },
	{ "the told removal of one person",
		{ .due = 1,
			.due_told_retires = 1,
			.due_since = 500,
			.few_since = 500,
			.coming = 5 },
		false, 0, 1000 },
	{ "a told removal of one person that was held long enough",
		{ .due = 1,
			.due_told_retires = 1,
			.due_since = 2000,
			.few_since = 2000,
			.coming = 5 },
		false, 0, 0 },
};

static void answers_are_gathered_so_long(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t now = clock_now_ms();
		struct lane lane = { .is_sending = rows[i].is_sending,
			.gathered_at = rows[i].gathered_ago ? now - rows[i].gathered_ago : 0 };
		struct lane_waiting w = rows[i].waiting;
		w.due_since = w.due_since ? now - w.due_since : 0;
		w.few_since = w.few_since ? now - w.few_since : 0;
		bool gathers = lane_may_gather(&lane, &w);
		int64_t waits = gathers ? lane.gather_until - now : 0;
		if (gathers != (rows[i].waits_ms > 0) || waits < rows[i].waits_ms ||
			waits > rows[i].waits_ms + 500)
			fail_msg("%s: waits %lld ms", rows[i].story, (long long)waits);
	}
}

/* What is told of while it rests does not make the rest longer. */
static void the_lane_rests_once(void **state)
{
	(void)state;
	int64_t now = clock_now_ms();
	struct lane lane = { .is_sending = true,
		.gathered_at = now - LANE_GATHER_NEXT_MS - 5000,
		.drain_until = now - 1 };
	struct lane_waiting w = { .due = 200, .due_since = now - 9000, .coming = 30 };
	assert_false(lane_may_gather(&lane, &w));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_gathered_so_long),
		cmocka_unit_test(the_lane_rests_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
