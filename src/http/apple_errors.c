/* Apple's error numbers, and how many people carry one now. */
#include "apple/errors.h"

#include "base/ctx.h"
#include "db/db.h"
#include "domain/app.h"
#include "http/reply.h"
#include "http/routes.h"
#include "store/vpp_users.h"

#define FAILED_NUMBERS 200

/* The row of number 0 stands for the numbers that nobody told us about. */
static int64_t people_of(const struct vpp_failed_count *counts, size_t count, int number)
{
	int64_t people = 0;
	for (size_t i = 0; i < count; i++)
		if (apple_error_find((int)counts[i].number)->number == number)
			people += counts[i].people;
	return people;
}

enum err http_apple_errors_list(
	struct app *app, struct ctx *cx, const struct http_request *rq, struct http_reply *rp)
{
	(void)rq;
	struct vpp_failed_count counts[FAILED_NUMBERS];
	size_t count = 0;
	DB_AUTO(db);
	enum err e = db_read(app->db, cx, &db);
	if (!e)
		e = vpp_users_count_failed(db, cx, FAILED_NUMBERS, counts, &count);
	db_release(&db);
	if (e)
		return e;
	REPLY_AUTO(out, w);
	http_list_begin(&w);
	for (size_t i = 0; i < apple_error_count(); i++) {
		const struct apple_error *row = apple_error_at(i);
		jw_object(&w, NULL);
		jw_i64(&w, "number", row->number);
		jw_str(&w, "class", apple_class_name(row->class));
		jw_str(&w, "means", row->means);
		jw_str(&w, "who", apple_fixer_name(row->fixer));
		jw_str(&w, "how", row->how);
		jw_i64(&w, "people", people_of(counts, count, row->number));
		jw_end_object(&w);
	}
	http_list_end(&w);
	return http_reply_json(cx, rp, 200, &out);
}
