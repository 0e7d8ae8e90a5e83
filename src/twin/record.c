#include "twin/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "twin/memory.h"
#include "twin/users.h"

#define APPLIED_MOST 8000000

void record_fini(struct record *r)
{
	for (uint64_t i = 0; i < RECORD_CALLS && i < r->call_count; i++)
		free(r->calls[i].target);
	free(r->calls);
	for (size_t i = 0; i < r->applied_count; i++) {
		free((char *)r->applied[i].client_user_id);
		free((char *)r->applied[i].serial);
		free((char *)r->applied[i].event_id);
	}
	free(r->applied);
	*r = (struct record){ 0 };
}

static struct operation_count *count_of(struct record *r, const char *operation)
{
	const size_t most = sizeof(r->operations) / sizeof(*r->operations);
	for (size_t i = 0; i < r->operation_count; i++) {
		if (!strcmp(r->operations[i].operation, operation))
			return &r->operations[i];
	}
	if (r->operation_count == most)
		return &r->operations[most - 1];
	struct operation_count *c = &r->operations[r->operation_count++];
	c->operation = operation;
	return c;
}

void record_call(struct record *r, const struct call *call)
{
	if (!r->calls)
		r->calls = memory_new(RECORD_CALLS * sizeof(*r->calls));
	struct call *slot = &r->calls[r->call_count % RECORD_CALLS];
	free(slot->target);
	*slot = *call;
	slot->number = ++r->call_count;
	slot->target = memory_strdup(call->target);
	struct operation_count *c = count_of(r, call->operation);
	c->asked++;
	c->good += call->status == 200 && !call->error_number;
}

void record_applied(struct record *r, const struct applied *applied)
{
	if (r->applied_count >= APPLIED_MOST)
		return;
	r->applied = memory_grow(
		r->applied, r->applied_count, &r->applied_capacity, sizeof(*r->applied));
	struct applied *a = &r->applied[r->applied_count++];
	*a = *applied;
	a->client_user_id = memory_strdup(applied->client_user_id);
	a->serial = memory_strdup(applied->serial);
	a->event_id = memory_strdup(applied->event_id);
}

static void write_call(const struct call *c, struct json_writer *w)
{
	jw_object(w, NULL);
	jw_i64(w, "number", (int64_t)c->number);
	jw_i64(w, "at_ms", c->at);
	jw_time(w, "at", c->at);
	jw_str(w, "operation", c->operation);
	jw_str(w, "method", c->method);
	jw_str(w, "target", c->target);
	jw_str(w, "location", c->uid);
	jw_i64(w, "status", c->status);
	jw_i64(w, "error_number", c->error_number);
	jw_str(w, "fault", c->fault);
	jw_str(w, "retry_after", *c->retry_after ? c->retry_after : NULL);
	jw_str(w, "event_id", *c->event_id ? c->event_id : NULL);
	jw_i64(w, "elements", (int64_t)c->elements);
	jw_i64(w, "took_ms", c->took_ms);
	jw_end_object(w);
}

void record_write_calls(const struct record *r, const struct record_query *q, struct json_writer *w)
{
	uint64_t oldest = r->call_count > RECORD_CALLS ? r->call_count - RECORD_CALLS : 0;
	uint64_t i = q->after > oldest ? q->after : oldest;
	size_t n = 0;
	jw_array(w, "items");
	for (; i < r->call_count && n < q->limit; i++) {
		const struct call *c = &r->calls[i % RECORD_CALLS];
		if ((q->operation && strcmp(q->operation, c->operation)) ||
			(q->uid && strcmp(q->uid, c->uid)))
			continue;
		write_call(c, w);
		n++;
	}
	jw_end_array(w);
	jw_i64(w, "next", (int64_t)i);
	jw_i64(w, "total", (int64_t)r->call_count);
}

static void write_applied(const struct applied *a, size_t number, struct json_writer *w)
{
	jw_object(w, NULL);
	jw_i64(w, "number", (int64_t)number);
	jw_i64(w, "at_ms", a->at);
	jw_time(w, "at", a->at);
	jw_str(w, "location", a->location);
	jw_str(w, "kind", a->kind);
	jw_str(w, "client_user_id", a->client_user_id);
	if (a->user)
		jw_str(w, "email", a->user->email);
	if (a->serial)
		jw_str(w, "serial", a->serial);
	if (a->adam_id)
		jw_str(w, "adam_id", a->adam_id);
	jw_i64(w, "error_number", a->error_number);
	jw_str(w, "event_id", a->event_id);
	jw_end_object(w);
}

void record_write_applied(
	const struct record *r, const struct record_query *q, struct json_writer *w)
{
	uint64_t i = q->after;
	size_t n = 0;
	jw_array(w, "items");
	for (; i < r->applied_count && n < q->limit; i++) {
		const struct applied *a = &r->applied[i];
		if ((q->operation && strcmp(q->operation, a->kind)) ||
			(q->uid && strcmp(q->uid, a->location)))
			continue;
		write_applied(a, i + 1, w);
		n++;
	}
	jw_end_array(w);
	jw_i64(w, "next", (int64_t)i);
	jw_i64(w, "total", (int64_t)r->applied_count);
}

void record_write_counts(const struct record *r, struct json_writer *w)
{
	for (size_t i = 0; i < r->operation_count; i++) {
		jw_object(w, r->operations[i].operation);
		jw_i64(w, "asked", (int64_t)r->operations[i].asked);
		jw_i64(w, "good", (int64_t)r->operations[i].good);
		jw_end_object(w);
	}
}
