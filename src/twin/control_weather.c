/* control_weather.c - how the simulated world behaves, and what was seen of it: knobs, faults,
 * time, the records of calls, of what was applied, of notifications; mail, devices, people. */
#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/wake.h"
#include "net/http_server.h"
#include "twin/control.h"
#include "twin/location.h"
#include "twin/twin.h"

enum err control_state(struct control_call *c)
{
	const struct twin *t = c->twin;
	jw_i64(c->w, "seed", (int64_t)t->seed);
	jw_bool(c->w, "calm", t->is_calm);
	jw_time(c->w, "now", twin_now(t));
	jw_i64(c->w, "now_ms", twin_now(t));
	jw_i64(c->w, "locations", (int64_t)t->count);
	jw_i64(c->w, "mail", (int64_t)t->mail.count);
	jw_i64(c->w, "people", (int64_t)t->people.count);
	jw_i64(c->w, "calls", (int64_t)t->record.call_count);
	jw_i64(c->w, "applied", (int64_t)t->record.applied_count);
	jw_object(c->w, "ports");
	jw_i64(c->w, "apple", twin_port(t, "apple"));
	jw_i64(c->w, "control", twin_port(t, "control"));
	jw_i64(c->w, "smtp", twin_port(t, "smtp"));
	jw_end_object(c->w);
	jw_object(c->w, "operations");
	record_write_counts(&t->record, c->w);
	jw_end_object(c->w);
	return OK;
}

enum err control_reset(struct control_call *c)
{
	twin_reset(c->twin);
	return control_state(c);
}

/* Moves the twin's clock: {"advance_ms":N}, or {"offset_ms":N} from the real time. */
enum err control_time(struct control_call *c)
{
	struct twin *t = c->twin;
	t->clock_offset_ms = json_i64(c->body, "offset_ms", t->clock_offset_ms) +
	                     json_i64(c->body, "advance_ms", 0);
	wake_ring(t->events_wake);
	wake_ring(t->notify_wake);
	jw_time(c->w, "now", twin_now(t));
	jw_i64(c->w, "offset_ms", t->clock_offset_ms);
	return OK;
}

enum err control_knobs(struct control_call *c)
{
	knobs_write(&c->twin->knobs, c->w);
	return OK;
}

enum err control_set_knobs(struct control_call *c)
{
	enum err e = knobs_set(&c->twin->knobs, c->cx, c->body);
	if (e)
		return e;
	wake_ring(c->twin->events_wake);
	wake_ring(c->twin->notify_wake);
	return control_knobs(c);
}

enum err control_faults(struct control_call *c)
{
	jw_array(c->w, "items");
	faults_write(&c->twin->faults, c->w);
	jw_end_array(c->w);
	return OK;
}

enum err control_arm(struct control_call *c)
{
	enum err e = faults_arm(&c->twin->faults, c->cx, c->body);
	return e ? e : control_faults(c);
}

enum err control_disarm(struct control_call *c)
{
	faults_clear(&c->twin->faults);
	return control_faults(c);
}

static struct record_query read_query(const struct control_call *c, const char *what)
{
	struct record_query q = { .operation = http_query(c->rq, what),
		.uid = http_query(c->rq, "location") };
	control_paging(c, &q.after, &q.limit);
	return q;
}

enum err control_calls(struct control_call *c)
{
	struct record_query q = read_query(c, "operation");
	record_write_calls(&c->twin->record, &q, c->w);
	return OK;
}

enum err control_applied(struct control_call *c)
{
	struct record_query q = read_query(c, "kind");
	record_write_applied(&c->twin->record, &q, c->w);
	return OK;
}

enum err control_notifications(struct control_call *c)
{
	uint64_t after;
	size_t limit;
	control_paging(c, &after, &limit);
	notifier_write(&c->twin->notifier, after, limit, c->w);
	return OK;
}

enum err control_mail(struct control_call *c)
{
	uint64_t after;
	size_t limit;
	control_paging(c, &after, &limit);
	mailbox_write(&c->twin->mail, c->cx, http_query(c->rq, "to"), after, limit, c->w);
	return OK;
}

enum err control_manners(struct control_call *c)
{
	mailbox_write_manners(&c->twin->mail, c->w);
	return OK;
}

enum err control_set_manner(struct control_call *c)
{
	enum err e = mailbox_set_manner(&c->twin->mail, c->cx, c->body);
	return e ? e : control_manners(c);
}

/* {"mode":"not_now"} for all devices, or with "serial" for one. */
enum err control_mdm(struct control_call *c)
{
	struct devices *d = &c->twin->devices;
	const char *serial = json_str(c->body, "serial");
	enum device_mode mode;
	if (!device_mode_read(json_str(c->body, "mode"), &mode))
		return err_set_field(c->cx, ERR_INVALID, "mdm.mode", "/mode",
			"mode is one of answers, not_now, error, down.");
	if (serial) {
		struct device *device = devices_get(d, &c->twin->random, serial);
		device->mode = mode;
		device->has_mode = true;
	} else {
		d->mode = mode;
	}
	jw_str(c->w, "mode", device_mode_name(mode));
	return OK;
}

enum err control_devices(struct control_call *c)
{
	uint64_t after;
	size_t limit;
	control_paging(c, &after, &limit);
	devices_write(&c->twin->devices, after, limit, c->w);
	return OK;
}

static void write_person(struct control_call *c, const struct person *x)
{
	jw_object(c->w, NULL);
	jw_str(c->w, "key", person_key(x));
	jw_str(c->w, "name", x->name);
	jw_str(c->w, "email", x->email);
	jw_array(c->w, "serials");
	for (size_t i = 0; i < x->serial_count; i++)
		jw_str(c->w, NULL, x->serials[i]);
	jw_end_array(c->w);
	jw_end_object(c->w);
}

enum err control_people(struct control_call *c)
{
	const struct people *p = &c->twin->people;
	uint64_t i;
	size_t limit;
	control_paging(c, &i, &limit);
	jw_array(c->w, "items");
	for (size_t n = 0; i < p->count && n < limit; i++, n++)
		write_person(c, p->all[i]);
	jw_end_array(c->w);
	jw_i64(c->w, "next", (int64_t)i);
	jw_i64(c->w, "total", (int64_t)p->count);
	return OK;
}

static enum err name_one(struct control_call *c, const struct json *body)
{
	const char *serials[PERSON_SERIALS];
	size_t count = 0;
	const struct json *list = json_get(body, "serials");
	for (size_t i = 0; i < json_count(list) && count < PERSON_SERIALS; i++) {
		if (json_text(json_at(list, i)))
			serials[count++] = json_text(json_at(list, i));
	}
	if (!people_name(&c->twin->people, json_str(body, "name"), json_str(body, "email"), serials,
		    count))
		return err_set(
			c->cx, ERR_INVALID, "person.empty", "A person needs an email or serials.");
	return OK;
}

/* One person, or {"people":[…]}. */
enum err control_name_person(struct control_call *c)
{
	const struct json *list = json_get(c->body, "people");
	if (!list) {
		enum err e = name_one(c, c->body);
		if (e)
			return e;
	}
	for (size_t i = 0; i < json_count(list); i++) {
		enum err e = name_one(c, json_at(list, i));
		if (e)
			return e;
	}
	jw_i64(c->w, "total", (int64_t)c->twin->people.count);
	return OK;
}
