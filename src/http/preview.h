/* preview.h - what an action would do, as the API tells it. */
#pragma once

struct action_preview;
struct json_writer;

/* key NULL: the whole answer. */
void http_preview_to_json(
	struct json_writer *w, const char *key, const struct action_preview *preview);
