#include "twin/state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "base/json.h"
#include "twin/location.h"
#include "twin/memory.h"
#include "twin/twin.h"

#define STATE_LIMIT (1024u * 1024 * 1024)

static void save_tokens(struct json_writer *w, const struct location *l)
{
	jw_array(w, "tokens");
	for (size_t i = 0; i < l->token_count; i++) {
		jw_object(w, NULL);
		jw_str(w, "inner", l->tokens[i]->inner);
		jw_i64(w, "expires_ms", l->tokens[i]->expires_at);
		jw_bool(w, "revoked", l->tokens[i]->is_revoked);
		jw_bool(w, "read_only", l->tokens[i]->is_read_only);
		jw_end_object(w);
	}
	jw_end_array(w);
}

static void save_owner(struct json_writer *w, const struct location *l)
{
	jw_str(w, "mdm_id", l->mdm_id);
	jw_str(w, "mdm_name", l->mdm_name);
	jw_str(w, "mdm_metadata", l->mdm_metadata);
	jw_str(w, "notify_url", l->notify_url);
	jw_str(w, "notify_token", l->notify_token);
	jw_array(w, "notify_types");
	for (size_t i = 0; i < l->notify_type_count; i++)
		jw_str(w, NULL, l->notify_types[i]);
	jw_end_array(w);
}

static void save_assets(struct json_writer *w, const struct location *l)
{
	jw_array(w, "assets");
	for (size_t i = 0; i < l->assets.count; i++) {
		const struct asset *x = l->assets.list[i];
		jw_object(w, NULL);
		jw_str(w, "adam_id", x->adam_id);
		jw_str(w, "pricing_param", x->pricing_param);
		jw_str(w, "name", x->name);
		jw_bool(w, "book", x->is_book);
		jw_bool(w, "unlimited", x->is_unlimited);
		jw_i64(w, "platforms", x->platforms);
		jw_i64(w, "total", x->available + x->assigned + x->retired);
		jw_end_object(w);
	}
	jw_end_array(w);
}

static void save_held(struct json_writer *w, const struct assignment *list)
{
	jw_array(w, "holds");
	for (const struct assignment *s = list; s; s = s->next)
		jw_str(w, NULL, s->asset->key);
	jw_end_array(w);
}

static void save_users(struct json_writer *w, const struct location *l)
{
	jw_array(w, "users");
	for (size_t i = 0; i < l->users.count; i++) {
		const struct user *u = l->users.all[i];
		jw_object(w, NULL);
		jw_str(w, "client_user_id", u->client_user_id);
		jw_str(w, "email", u->email);
		jw_str(w, "account", u->account);
		jw_str(w, "invite_code", u->invite_code);
		jw_str(w, "id_hash", u->id_hash);
		jw_i64(w, "status", u->status);
		save_held(w, u->assignments);
		jw_end_object(w);
	}
	jw_end_array(w);
	jw_array(w, "devices");
	for (size_t i = 0; i < l->assets.devices.capacity; i++) {
		const struct holder_device *d = l->assets.devices.slots[i].value;
		if (!d || !d->assignments)
			continue;
		jw_object(w, NULL);
		jw_str(w, "serial", d->serial);
		save_held(w, d->assignments);
		jw_end_object(w);
	}
	jw_end_array(w);
}

static void save_location(struct json_writer *w, const struct location *l)
{
	jw_object(w, NULL);
	jw_str(w, "uid", l->uid);
	jw_str(w, "name", l->name);
	jw_str(w, "organisation", l->organisation);
	jw_str(w, "country", l->country);
	jw_str(w, "domain", l->domain);
	save_tokens(w, l);
	save_owner(w, l);
	save_assets(w, l);
	save_users(w, l);
	jw_end_object(w);
}

static void save_people(struct json_writer *w, const struct twin *twin)
{
	jw_array(w, "people");
	for (size_t i = 0; i < twin->people.count; i++) {
		const struct person *x = twin->people.all[i];
		jw_object(w, NULL);
		jw_str(w, "name", x->name);
		jw_str(w, "email", x->email);
		jw_array(w, "serials");
		for (size_t s = 0; s < x->serial_count; s++)
			jw_str(w, NULL, x->serials[s]);
		jw_end_array(w);
		jw_end_object(w);
	}
	jw_end_array(w);
	jw_array(w, "mail");
	for (size_t i = 0; i < twin->mail.count; i++) {
		const struct mail *m = twin->mail.all[i];
		jw_object(w, NULL);
		jw_i64(w, "at_ms", m->at);
		jw_str(w, "from", m->from);
		jw_str(w, "to", m->to);
		jw_str(w, "raw", m->raw);
		jw_end_object(w);
	}
	jw_end_array(w);
}

static enum err write_file(struct ctx *cx, const char *path, const struct buf *out)
{
	const char *part = arena_printf(cx->mem, "%s.part", path);
	FILE *f = out->is_full ? NULL : fopen(part, "we");
	if (!f)
		return err_set(cx, ERR_IO, "twin.state", "The twin's state cannot be kept: %s.",
			out->is_full ? "there is too much of it" : strerror(errno));
	bool is_good =
		!fchmod(fileno(f), 0600) && fwrite(out->bytes, 1, out->length, f) == out->length;
	if (fclose(f) || !is_good || rename(part, path))
		return err_set(cx, ERR_IO, "twin.state", "The twin's state cannot be kept: %m.");
	return OK;
}

enum err state_save(struct twin *twin, struct ctx *cx, const char *path)
{
	BUF_AUTO(out, STATE_LIMIT);
	struct json_writer w;
	for (size_t i = 0; i < twin->count; i++)
		events_finish(twin, twin->list[i]);
	jw_init(&w, &out);
	jw_object(&w, NULL);
	jw_str(&w, "format", "apple-twin 1");
	jw_array(&w, "locations");
	for (size_t i = 0; i < twin->count; i++)
		save_location(&w, twin->list[i]);
	jw_end_array(&w);
	save_people(&w, twin);
	jw_end_object(&w);
	return write_file(cx, path, &out);
}

static void load_tokens(struct twin *twin, struct location *l, const struct json *list)
{
	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *o = json_at(list, i);
		struct token *t = location_add_token(
			twin, l, json_i64(o, "expires_ms", 0), json_bool(o, "read_only", false));
		t->is_revoked = json_bool(o, "revoked", false);
		location_rename_token(twin, t, json_str(o, "inner"));
	}
}

static void load_owner(struct ctx *cx, struct location *l, const struct json *o)
{
	const struct json *types = json_get(o, "notify_types");
	const char **names = ARENA_ARRAY(cx->mem, const char *, json_count(types));
	location_set_mdm(
		l, json_str(o, "mdm_id"), json_str(o, "mdm_name"), json_str(o, "mdm_metadata"));
	for (size_t i = 0; i < json_count(types); i++)
		names[i] = json_text(json_at(types, i));
	location_set_notifications(l, json_str(o, "notify_url"), json_str(o, "notify_token"), names,
		json_count(types));
}

static void load_assets(struct location *l, const struct json *list)
{
	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *o = json_at(list, i);
		const char *adam_id = json_str(o, "adam_id"),
			   *pricing = json_str(o, "pricing_param");
		if (!adam_id || !pricing)
			continue;
		struct asset *x = assets_add(&l->assets, adam_id, pricing, json_str(o, "name"),
			json_bool(o, "book", false), json_i64(o, "total", 0));
		x->is_unlimited = json_bool(o, "unlimited", false);
		x->platforms = (unsigned)json_i64(o, "platforms", PLATFORM_IOS);
	}
}

static void load_held(
	struct location *l, const struct json *o, struct user *user, const char *serial)
{
	const struct json *keys = json_get(o, "holds");
	for (size_t i = json_count(keys); i-- > 0;) {
		const char *key = json_text(json_at(keys, i));
		struct asset *x = map_get(&l->assets.by_key, key);
		/* The totals came from the same file, so that there is one left for each. */
		if (x && assets_associate(&l->assets, x, user, serial) == 0 && user &&
			user->status == USER_RETIRED) {
			x->assigned--;
			x->retired++;
		}
	}
}

static void load_users(struct location *l, const struct json *o)
{
	const struct json *users = json_get(o, "users"), *devices = json_get(o, "devices");
	for (size_t i = 0; i < json_count(users); i++) {
		const struct json *u = json_at(users, i);
		struct user record = { .email = (char *)json_str(u, "email"),
			.client_user_id = (char *)json_str(u, "client_user_id"),
			.account = (char *)json_str(u, "account"),
			.status = (enum user_status)json_i64(u, "status", USER_RETIRED) };
		const char *code = json_str(u, "invite_code"), *hash = json_str(u, "id_hash");
		snprintf(record.invite_code, sizeof(record.invite_code), "%s", code ? code : "");
		snprintf(record.id_hash, sizeof(record.id_hash), "%s", hash ? hash : "");
		if (record.client_user_id && record.status <= USER_RETIRED)
			load_held(l, u, users_restore(&l->users, &record), NULL);
	}
	for (size_t i = 0; i < json_count(devices); i++) {
		const struct json *d = json_at(devices, i);
		if (json_str(d, "serial"))
			load_held(l, d, NULL, json_str(d, "serial"));
	}
}

static void load_people(struct twin *twin, const struct json *root)
{
	const struct json *people = json_get(root, "people"), *mail = json_get(root, "mail");
	for (size_t i = 0; i < json_count(people); i++) {
		const struct json *o = json_at(people, i), *list = json_get(o, "serials");
		const char *serials[PERSON_SERIALS];
		size_t n = 0;
		for (; n < json_count(list) && n < PERSON_SERIALS; n++)
			serials[n] = json_text(json_at(list, n));
		people_name(&twin->people, json_str(o, "name"), json_str(o, "email"), serials, n);
	}
	for (size_t i = 0; i < json_count(mail); i++) {
		const struct json *o = json_at(mail, i);
		if (json_str(o, "from") && json_str(o, "to") && json_str(o, "raw"))
			mailbox_add(&twin->mail, json_i64(o, "at_ms", 0), json_str(o, "from"),
				json_str(o, "to"), json_str(o, "raw"));
	}
}

static enum err read_file(struct ctx *cx, const char *path, struct buf *out)
{
	char block[65536];
	size_t n;
	FILE *f = fopen(path, "re");
	if (!f)
		return errno == ENOENT ? ERR_NOT_FOUND
		                       : err_set(cx, ERR_IO, "twin.state",
						 "The twin's state cannot be read: %m.");
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		buf_append(out, block, n);
	fclose(f);
	return OK;
}

enum err state_load(struct twin *twin, struct ctx *cx, const char *path)
{
	BUF_AUTO(text, STATE_LIMIT);
	const struct json *root;
	enum err e = read_file(cx, path, &text);
	if (e)
		return e;
	e = json_parse(cx, text.bytes ? text.bytes : "", text.length, &root);
	const char *format = e ? NULL : json_str(root, "format");
	if (!format || strcmp(format, "apple-twin 1"))
		return err_set(cx, ERR_INVALID, "twin.state",
			"The state file is not one of the twin's; move it away to start anew.");
	const struct json *list = json_get(root, "locations");
	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *o = json_at(list, i);
		struct location_options options = { .name = json_str(o, "name"),
			.uid = json_str(o, "uid"),
			.organisation = json_str(o, "organisation"),
			.country = json_str(o, "country"),
			.domain = json_str(o, "domain"),
			.is_without_token = true };
		if (!options.name || !options.uid || strlen(options.uid) != 16 ||
			!options.organisation || !options.country || strlen(options.country) != 2)
			return err_set(cx, ERR_INVALID, "twin.state",
				"The state file names a location badly; move it away to start "
				"anew.");
		struct location *l = location_new(twin, &options);
		load_tokens(twin, l, json_get(o, "tokens"));
		load_owner(cx, l, o);
		load_assets(l, json_get(o, "assets"));
		load_users(l, o);
	}
	load_people(twin, root);
	return OK;
}
