/* events.h - live progress for browsers: one hub, a stream per browser, any thread may post.
 *
 * Events of one subject (a job's id) are sent at most four times a second; the newest one waits its
 * turn and always goes out, so that the last state is never lost. Streams hear a comment every 15
 * seconds, which also finds the ones that are gone. Nothing is replayed: a page reads the present
 * state after it has connected.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct app;
struct ctx;
struct events;
struct http_stream;

#define EVENTS_PER_OWNER   8
#define EVENTS_MAX_STREAMS 256

struct events *events_new(void);
/* Ends all streams and the hub's thread. Accepts NULL. */
void events_free(struct events *hub);

/* Is anybody there? What nobody hears need not be put into words. */
bool events_is_heard(struct app *app);

/* json: one line of JSON. subject: events with the same name and subject replace one another while
 * they wait; 0 is a subject of its own. Never fails and never waits; app->events may be NULL. */
void events_post(struct app *app, const char *name, int64_t subject, const char *json);

/* ERR_LIMITED "events.too_many" when 256 streams are open. */
must_check enum err events_may_subscribe(struct events *hub, struct ctx *cx);
/* Takes the stream over. owner names whose it is, the general before the special
 * ("admin:3:<session>"). A ninth stream of one owner ends the oldest: a page that was reloaded shows
 * as gone only when something is written to it, and must not keep out the one that is looked at. */
void events_subscribe(struct events *hub, const char *owner, struct http_stream *stream);
/* Ends the streams of every owner that begins with it: a session's, or all of an admin. */
void events_end_owner(struct events *hub, const char *owner_prefix);
