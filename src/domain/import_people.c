#include "domain/import_people.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "base/text.h"
#include "db/db.h"
#include "store/devices.h"
#include "store/people.h"

static const char *const yes_words[] = { "yes", "true", "1", "y", "active", "enabled", "on", "ja",
	"wahr", "j", "aktiv", "aktiviert", NULL };
static const char *const no_words[] = { "no", "false", "0", "n", "inactive", "disabled", "off",
	"nein", "falsch", "inaktiv", "deaktiviert", "suspended", "blocked", "gesperrt", "deleted",
	NULL };

static bool is_one_of(const char *word, const char *const *words)
{
	while (*words && strcmp(word, *words) != 0)
		words++;
	return *words != NULL;
}

static enum err read_flag(struct ctx *cx, const char *text, bool is_opposite, int *ret_flag)
{
	const char *word;

	if (!text || !*text)
		return OK;
	word = import_plain(cx->mem, text);
	if (!is_one_of(word, yes_words) && !is_one_of(word, no_words))
		return err_set(cx, ERR_INVALID, "import.active",
			"\"%.40s\" does not say whether the person is active; write yes or no.",
			text);
	*ret_flag = is_one_of(word, yes_words) != is_opposite;
	return OK;
}

/* "Ada" and "Lovelace" → "Ada Lovelace"; what is missing is left out. */
static const char *full_name(struct arena *a, const char *first, const char *last)
{
	bool has_first = first && *first, has_last = last && *last;

	if (has_first && has_last)
		return arena_printf(a, "%s %s", first, last);
	return has_first ? first : has_last ? last : NULL;
}

static enum err read_cells(struct ctx *cx, const struct import_columns *c,
	const struct csv_record *r, struct person_input *in)
{
	struct arena *a = cx->mem;
	enum err e;

	in->display_name = import_cell(a, c, r, FIELD_DISPLAY_NAME);
	if (!in->display_name || !*in->display_name)
		in->display_name = full_name(a, import_cell(a, c, r, FIELD_FIRST_NAME),
			import_cell(a, c, r, FIELD_LAST_NAME));
	in->email = import_cell(a, c, r, FIELD_EMAIL);
	in->managed_apple_account = import_cell(a, c, r, FIELD_ACCOUNT);
	in->department = import_cell(a, c, r, FIELD_DEPARTMENT);
	in->groups = import_cell(a, c, r, FIELD_GROUPS);
	in->language = import_cell(a, c, r, FIELD_LANGUAGE);
	in->serials = import_cell(a, c, r, FIELD_SERIALS);
	if (in->serials && !*in->serials)
		in->serials = NULL;
	e = read_flag(cx, import_cell(a, c, r, FIELD_BLOCKED), true, &in->active);
	if (e)
		return e;
	return read_flag(cx, import_cell(a, c, r, FIELD_ACTIVE), false, &in->active);
}

enum err import_person_read(struct ctx *cx, const struct import_columns *columns,
	const struct csv_record *record, struct import_row *row)
{
	struct person_input in = { .active = -1 };
	enum err e;

	in.user_name = import_cell(cx->mem, columns, record, FIELD_USER_NAME);
	if (!in.user_name || !*in.user_name)
		return err_set(cx, ERR_INVALID, "import.no_key", "The user name is missing.");
	row->label = in.user_name;
	e = read_cells(cx, columns, record, &in);
	if (!e)
		e = person_input_check(cx, &in);
	if (e)
		return e;
	row->label = in.user_name;
	row->row_key = text_fold(cx->mem, in.user_name);
	row->data_json = person_input_to_json(cx, &in);
	return OK;
}

/* What a row means against the rows of now. */
struct plan {
	struct person_input in;
	struct person *now; /* NULL: a new person */
	struct person merged;
	const char *person_words; /* NULL: the person stays the same */
	const char *device_words; /* NULL: the devices stay the same */
};

/* Calls it with each serial number of the row that is not the person's already. device is NULL for
 * one that is not known yet. */
static enum err each_new_serial(struct db *db, struct ctx *cx, const struct plan *plan,
	enum err (*found)(struct db *db, struct ctx *cx, void *state, const char *serial,
		struct device *device),
	void *state)
{
	char *list = arena_strdup(cx->mem, plan->in.serials ? plan->in.serials : ""), *save = NULL;

	for (char *s = strtok_r(list, "|", &save); s; s = strtok_r(NULL, "|", &save)) {
		struct device *device = NULL;
		enum err e = devices_find_by_serial(db, cx, s, &device);

		if (e && e != ERR_NOT_FOUND)
			return e;
		if (device && plan->now && device->person_id == plan->now->id)
			continue;
		e = found(db, cx, state, s, device);
		if (e)
			return e;
	}
	return OK;
}

static enum err describe_serial(
	struct db *db, struct ctx *cx, void *state, const char *serial, struct device *device)
{
	struct buf *out = state;

	(void)db;
	(void)cx;
	buf_printf(out, "%s%s", out->length ? ", " : "devices: ", serial);
	if (!device)
		buf_puts(out, " (not known yet)");
	else if (device->person_name)
		buf_printf(out, " (until now %s)", device->person_name);
	return OK;
}

static enum err make_plan(struct db *db, struct ctx *cx, const struct import_known *known,
	const struct import_row *row, int64_t at, struct plan *plan)
{
	BUF_AUTO(devices, 16 * 1024);
	enum err e;

	*plan = (struct plan){ 0 };
	e = person_input_from_json(cx, row->data_json, &plan->in);
	if (e)
		return e;
	plan->now = import_known_person(cx, known, row->row_key);
	plan->merged = person_merge(
		cx->mem, plan->now, &plan->in, plan->now ? plan->now->source : "csv", at);
	if (plan->now)
		plan->person_words = person_changes(cx, plan->now, &plan->merged);
	e = each_new_serial(db, cx, plan, describe_serial, &devices);
	if (e)
		return e;
	if (devices.length)
		plan->device_words = arena_strdup(cx->mem, devices.bytes);
	return OK;
}

static void set_verdict(struct ctx *cx, const struct plan *plan, struct import_row *row)
{
	const char *p = plan->person_words, *d = plan->device_words;

	row->changes = p && d ? arena_printf(cx->mem, "%s; %s", p, d) : p ? p : d;
	row->verdict = !plan->now ? "add" : row->changes ? "change" : "same";
}

enum err import_person_judge(
	struct db *db, struct ctx *cx, const struct import_known *known, struct import_row *row)
{
	struct plan plan;
	enum err e = make_plan(db, cx, known, row, 0, &plan);

	if (!e)
		set_verdict(cx, &plan, row);
	return e;
}

struct owner {
	int64_t person_id;
	int64_t at;
};

/* A serial number that no MDM told us about yet is noted as a pending device. */
static enum err give_device(
	struct db *db, struct ctx *cx, void *state, const char *serial, struct device *device)
{
	struct owner *owner = state;
	int64_t before = device ? device->person_id : 0;
	enum err e;

	if (device) {
		device->person_id = owner->person_id;
		device->updated_at = owner->at;
		e = devices_update(db, cx, device);
	} else {
		e = devices_insert(db, cx,
			&(struct device){ .serial_number = serial,
				.platform = "other",
				.enrolment_type = "unknown",
				.state = "pending",
				.person_id = owner->person_id,
				.source = "csv",
				.created_at = owner->at,
				.updated_at = owner->at },
			NULL);
	}
	return e ? e : people_refresh(db, cx, before);
}

enum err import_person_apply(struct db *db, struct ctx *cx, const struct import_known *known,
	struct import_row *row, int64_t at)
{
	struct owner owner = { .at = at };
	struct plan plan;
	enum err e = make_plan(db, cx, known, row, at, &plan);

	if (e)
		return e;
	set_verdict(cx, &plan, row);
	if (!strcmp(row->verdict, "same"))
		return OK;
	owner.person_id = plan.now ? plan.now->id : 0;
	if (!plan.now)
		e = people_insert(db, cx, &plan.merged, &owner.person_id);
	else if (plan.person_words)
		e = people_update(db, cx, &plan.merged);
	if (!plan.now && !plan.device_words)
		return e; /* without devices, as a new row says */
	if (!e)
		e = each_new_serial(db, cx, &plan, give_device, &owner);
	return e ? e : people_refresh(db, cx, owner.person_id);
}
