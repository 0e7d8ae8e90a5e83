/* schedules.h - the one shape of a schedule in the API, alone and inside its location. */
#pragma once

#include "base/json.h"
#include "store/schedules.h"

/* With the next runs from now on. */
void http_schedule_to_json(struct json_writer *w, const char *key, const struct schedule *s);
