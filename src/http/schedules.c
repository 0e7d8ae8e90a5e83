#include "http/schedules.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/text.h"
#include "domain/schedule.h"

static const char *const weekdays[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

void http_schedule_to_json(struct json_writer *w, const char *key, const struct schedule *s)
{
	int64_t runs[SCHEDULE_SHOWN_RUNS];
	char at[] = "00:00";
	int count = schedule_next_runs(s, clock_now_ms(), runs);
	bool is_daily = text_equal(s->mode, "daily");
	bool is_interval = text_equal(s->mode, "interval");
	int minute = is_daily ? s->at_minute % (24 * 60) : 0;
	at[0] = (char)('0' + minute / 600);
	at[1] = (char)('0' + minute / 60 % 10);
	at[3] = (char)('0' + minute % 60 / 10);
	at[4] = (char)('0' + minute % 10);

	jw_object(w, key);
	jw_str(w, "mode", s->mode);
	if (is_interval)
		jw_i64(w, "every_hours", s->every_hours);
	else
		jw_null(w, "every_hours");
	jw_str(w, "at", is_daily ? at : NULL);
	jw_array(w, "weekdays");
	for (int day = 0; day < 7; day++)
		if (s->weekdays & 1 << day)
			jw_str(w, NULL, weekdays[day]);
	jw_end_array(w);
	jw_str(w, "time_zone", s->time_zone);
	jw_str(w, "apply", s->apply);
	jw_array(w, "next_runs");
	for (int i = 0; i < count; i++)
		jw_time(w, NULL, runs[i]);
	jw_end_array(w);
	jw_end_object(w);
}
