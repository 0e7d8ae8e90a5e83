#include "http/preview.h"

#include "base/json.h"
#include "domain/action.h"

static void lines_to_json(struct json_writer *w, const char *key, const char *words_key,
	const struct action_line *lines, size_t count)
{
	jw_array(w, key);
	for (size_t i = 0; i < count; i++) {
		jw_object(w, NULL);
		jw_object(w, "person");
		jw_i64(w, "id", lines[i].person_id);
		jw_str(w, "display_name", lines[i].person_name);
		jw_end_object(w);
		jw_str(w, words_key, lines[i].words);
		jw_end_object(w);
	}
	jw_end_array(w);
}

void http_preview_to_json(struct json_writer *w, const char *key, const struct action_preview *p)
{
	static const char *const counted[] = { "all", "about", "part" };
	jw_object(w, key);
	jw_i64(w, "selected", p->selected);
	jw_i64(w, "looked_at", p->looked_at);
	jw_str(w, "counted", counted[p->counted]);
	jw_i64(w, "recent", p->recent);
	jw_i64(w, "will_do", p->will_do);
	jw_i64(w, "will_skip", p->will_skip);
	jw_i64(w, "licences", p->licences);
	jw_i64(w, "licences_stay", p->licences_stay);
	lines_to_json(w, "will", "what", p->will, p->will_count);
	lines_to_json(w, "skip", "reason", p->skip, p->skip_count);
	jw_array(w, "skip_reasons");
	for (size_t i = 0; i < p->reason_count; i++) {
		jw_object(w, NULL);
		jw_str(w, "reason", p->reasons[i].reason);
		jw_i64(w, "count", p->reasons[i].count);
		jw_end_object(w);
	}
	jw_end_array(w);
	jw_end_object(w);
}
