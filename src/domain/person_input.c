#include "domain/person_input.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/text.h"
#include "domain/audit_change.h"

/* The text members, in one table: what they are called where. */
static const struct {
	size_t offset;        /* in struct person_input */
	size_t person_offset; /* in struct person */
	const char *key;      /* in JSON */
	const char *pointer;
	const char *words;
	size_t max_bytes;
} members[] = {
#define MEMBER(name, words, max)                                                                   \
	{                                                                                          \
		offsetof(struct person_input, name), offsetof(struct person, name), #name,         \
			"/" #name, words, max                                                      \
	}
	MEMBER(user_name, "user name", PERSON_NAME_MAX),
	MEMBER(display_name, "name", PERSON_NAME_MAX),
	MEMBER(email, "e-mail", PERSON_EMAIL_MAX),
	MEMBER(managed_apple_account, "Managed Apple Account", PERSON_EMAIL_MAX),
	MEMBER(groups, "groups", PERSON_GROUPS *(PERSON_GROUP_MAX + 1)),
	MEMBER(department, "department", PERSON_NAME_MAX),
	MEMBER(language, "language", PERSON_LANGUAGE_MAX),
#undef MEMBER
};
#define MEMBERS (sizeof(members) / sizeof(members[0]))

static const char **member_of(const struct person_input *in, size_t i)
{
	return (const char **)((char *)in + members[i].offset);
}

static const char *column_of(const struct person *p, size_t i)
{
	return *(const char **)((char *)p + members[i].person_offset);
}

/* Spreadsheets break long names and groups over lines inside one field; on our lists they are one
 * line. Not in what is a key or an address: there a line break is a mistake. */
static const char *on_one_line(struct ctx *cx, const char *text)
{
	char *line = arena_strdup(cx->mem, text);
	size_t n = 0;
	for (const char *c = text; *c; c++) {
		bool is_break = *c == '\r' || *c == '\n' || *c == '\t';
		if (is_break && (!n || line[n - 1] == ' '))
			continue;
		line[n++] = is_break ? ' ' : *c;
	}
	line[n] = '\0';
	return line;
}

static bool is_free_text(size_t i)
{
	return text_equal(members[i].key, "display_name") || text_equal(members[i].key, "groups") ||
	       text_equal(members[i].key, "department");
}

static enum err check_text(struct ctx *cx, size_t i, const char **text)
{
	if (is_free_text(i))
		*text = on_one_line(cx, *text);
	if (!text_is_clean(*text, strlen(*text), false))
		return err_set_field(cx, ERR_INVALID, "person.text", members[i].pointer,
			"The %s has a line break, a control character or bytes that are not UTF-8.",
			members[i].words);
	*text = text_nfc(cx->mem, text_trim(cx->mem, *text));
	if (strlen(*text) > members[i].max_bytes)
		return err_set_field(cx, ERR_INVALID, "person.too_long", members[i].pointer,
			"The %s is longer than %zu bytes.", members[i].words, members[i].max_bytes);
	return OK;
}

static enum err check_address(
	struct ctx *cx, const char *address, const char *pointer, const char *words)
{
	if (!address || !*address || text_is_email(address))
		return OK;
	return err_set_field(cx, ERR_INVALID, "person.address", pointer,
		"The %s \"%s\" is not an address like name@example.org.", words, address);
}

/* BCP 47 as far as it matters here: letters first, then parts of letters and digits. "de_CH" is
 * written "de-CH". */
static enum err check_language(struct ctx *cx, const char **language)
{
	char *tag;
	size_t part = 0, parts = 0;

	if (!*language || !**language)
		return OK;
	tag = arena_strdup(cx->mem, *language);
	for (char *c = tag; *c; c++) {
		if (*c == '_')
			*c = '-';
		part = *c == '-' ? 0 : part + 1;
		parts += part == 1;
		if ((*c == '-' && c[1] == '-') || part > 8 ||
			(*c != '-' && !isalnum((unsigned char)*c)) ||
			(parts == 1 && *c != '-' && !isalpha((unsigned char)*c)))
			goto bad;
	}
	if (strcspn(tag, "-") < 2 || strcspn(tag, "-") > 3 || tag[strlen(tag) - 1] == '-')
		goto bad;
	*language = tag;
	return OK;
bad:
	return err_set_field(cx, ERR_INVALID, "person.language", "/language",
		"The language \"%s\" is not a tag like de, en-GB or zh-Hant.", *language);
}

/* Trims each part, drops empty and repeated ones. Groups keep the case in which they are written;
 * serial numbers are made upper case before. */
static enum err check_list(struct ctx *cx, const char **list, size_t max_parts, size_t max_bytes,
	const char *pointer, const char *words)
{
	char *copy, *save = NULL;
	size_t parts = 0;

	if (!*list || !**list)
		return OK;
	BUF_AUTO(out, strlen(*list) + 1);
	copy = arena_strdup(cx->mem, *list);
	for (char *part = strtok_r(copy, "|", &save); part; part = strtok_r(NULL, "|", &save)) {
		char *trimmed = text_trim(cx->mem, part);
		char *framed = arena_printf(cx->mem, "|%s|", trimmed);
		char *seen = arena_printf(cx->mem, "|%s|", out.length ? out.bytes : "");

		if (!*trimmed || strstr(seen, framed))
			continue;
		if (++parts > max_parts || strlen(trimmed) > max_bytes)
			return err_set_field(cx, ERR_INVALID, "person.list", pointer,
				"There may be at most %zu %s of at most %zu bytes each.", max_parts,
				words, max_bytes);
		if (out.length)
			buf_putc(&out, '|');
		buf_puts(&out, trimmed);
	}
	*list = arena_strdup(cx->mem, out.length ? out.bytes : "");
	return OK;
}

static enum err check_serials(struct ctx *cx, const char **serials)
{
	char *upper;

	if (!*serials || !**serials)
		return OK;
	upper = arena_strdup(cx->mem, *serials);
	for (char *c = upper; *c; c++) {
		/* People separate them with what their spreadsheet left free. */
		if (*c == ',' || *c == ';' || *c == ' ' || *c == '\n' || *c == '\r')
			*c = '|';
		*c = (char)toupper((unsigned char)*c);
		if (*c != '|' && (!isascii((unsigned char)*c) || !isalnum((unsigned char)*c)))
			return err_set_field(cx, ERR_INVALID, "person.serials", "/serials",
				"\"%s\" is not a list of serial numbers (letters and digits, "
				"separated by |).",
				*serials);
	}
	*serials = upper;
	return check_list(cx, serials, PERSON_SERIALS, 20, "/serials", "serial numbers");
}

/* Soft hyphens and the like are text, and nothing is left of them in a key. */
static bool is_invisible(struct ctx *cx, const char *name)
{
	return name && !*text_fold(cx->mem, name);
}

static enum err check_names(struct ctx *cx, const struct person_input *in)
{
	if (is_invisible(cx, in->user_name))
		return err_set_field(cx, ERR_INVALID, "person.user_name", "/user_name",
			"The user name is empty.");
	if (is_invisible(cx, in->display_name))
		return err_set_field(cx, ERR_INVALID, "person.display_name", "/display_name",
			"The name is empty.");
	return OK;
}

enum err person_input_check(struct ctx *cx, struct person_input *in)
{
	enum err e = OK;

	for (size_t i = 0; !e && i < MEMBERS; i++) {
		if (*member_of(in, i))
			e = check_text(cx, i, member_of(in, i));
	}
	if (!e)
		e = check_names(cx, in);
	if (!e)
		e = check_address(cx, in->email, "/email", "e-mail address");
	if (!e)
		e = check_address(cx, in->managed_apple_account, "/managed_apple_account",
			"Managed Apple Account");
	if (!e)
		e = check_language(cx, &in->language);
	if (!e)
		e = check_list(
			cx, &in->groups, PERSON_GROUPS, PERSON_GROUP_MAX, "/groups", "groups");
	if (!e)
		e = check_serials(cx, &in->serials);
	return e;
}

/* What is said, else what is there; "" becomes none. */
static const char *pick(const char *said, const char *now)
{
	if (!said)
		return now;
	return *said ? said : NULL;
}

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

static void fold_keys(struct arena *a, struct person *p)
{
	char *groups = arena_strdup(a, or_empty(p->groups));

	for (char *c = groups; *c; c++)
		*c = *c == '|' ? ' ' : *c;
	p->user_key = text_fold(a, p->user_name);
	p->sort_name = text_sort_key(a, text_fold_search(a, p->display_name));
	p->department_key =
		p->department ? text_sort_key(a, text_fold_search(a, p->department)) : NULL;
	p->email_key = p->email ? text_fold(a, p->email) : NULL;
	p->account_key = p->managed_apple_account ? text_fold(a, p->managed_apple_account) : NULL;
	/* A space at both ends: words are found by their beginnings, the last by one letter too. */
	p->search_text = text_fold_search(
		a, arena_printf(a, " %s %s %s %s %s ", p->display_name, p->user_name,
			   or_empty(p->email), or_empty(p->managed_apple_account), groups));
}

struct person person_merge(struct arena *a, const struct person *now, const struct person_input *in,
	const char *source, int64_t at)
{
	struct person p = now ? *now : (struct person){ .is_active = true, .created_at = at };

	p.user_name = pick(in->user_name, p.user_name);
	p.display_name = pick(in->display_name, p.display_name);
	if (!p.display_name)
		p.display_name = p.user_name;
	p.email = pick(in->email, p.email);
	p.managed_apple_account = pick(in->managed_apple_account, p.managed_apple_account);
	p.groups = pick(in->groups, p.groups);
	p.department = pick(in->department, p.department);
	p.language = pick(in->language, p.language);
	if (in->active >= 0)
		p.is_active = in->active != 0;
	p.source = source;
	p.updated_at = at;
	fold_keys(a, &p);
	return p;
}

const char *person_changes(struct ctx *cx, const struct person *now, const struct person *merged)
{
	BUF_AUTO(out, 16 * 1024);

	for (size_t i = 0; i < MEMBERS; i++) {
		const char *from = column_of(now, i), *to = column_of(merged, i);

		if (text_equal(from, to))
			continue;
		buf_printf(&out, "%s%s: %s → %s", out.length ? "; " : "", members[i].words,
			from ? from : "none", to ? to : "none");
	}
	if (now->is_active != merged->is_active)
		buf_printf(&out, "%sactive: %s → %s", out.length ? "; " : "",
			now->is_active ? "yes" : "no", merged->is_active ? "yes" : "no");
	return out.length ? arena_strdup(cx->mem, out.bytes) : NULL;
}

void person_audit(
	struct audit_change *change, const struct person *now, const struct person *merged)
{
	for (size_t i = 0; i < MEMBERS; i++)
		audit_change_str(change, members[i].key, column_of(now, i), column_of(merged, i));
	audit_change_bool(change, "active", now->is_active, merged->is_active);
}

char *person_input_to_json(struct ctx *cx, const struct person_input *in)
{
	struct json_writer w;
	BUF_AUTO(out, 64 * 1024);

	jw_init(&w, &out);
	jw_object(&w, NULL);
	for (size_t i = 0; i < MEMBERS; i++) {
		if (*member_of(in, i))
			jw_str(&w, members[i].key, *member_of(in, i));
	}
	if (in->serials)
		jw_str(&w, "serials", in->serials);
	if (in->active >= 0)
		jw_bool(&w, "active", in->active != 0);
	jw_end_object(&w);
	return arena_strdup(cx->mem, out.bytes);
}

enum err person_input_from_json(struct ctx *cx, const char *text, struct person_input *ret_input)
{
	struct person_input in = { .active = -1 };
	const struct json *root;
	enum err e = json_parse(cx, text, strlen(text), &root);

	if (e)
		return e;
	for (size_t i = 0; i < MEMBERS; i++)
		*member_of(&in, i) = json_str(root, members[i].key);
	in.serials = json_str(root, "serials");
	if (json_get(root, "active"))
		in.active = json_bool(root, "active", true);
	*ret_input = in;
	return OK;
}
