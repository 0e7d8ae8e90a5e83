#include <string.h>

#include "../unit.h"
#include "base/ctx.h"
#include "domain/import_columns.h"
#include "domain/import_people.h"
#include "domain/person_input.h"

/* A header line split at commas. */
static struct csv_record record_of(struct ctx *cx, const char *line)
{
	struct csv_record r = { .line = 1 };
	r.fields = ARENA_ARRAY(cx->mem, const char *, CSV_MAX_FIELDS);
	char *copy = arena_strdup(cx->mem, line);
	for (char *field; (field = strsep(&copy, ",")) != NULL;)
		r.fields[r.count++] = field;
	return r;
}

/* Whose words are in which column; "" where a header is left out. */
static void test_headers(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum import_kind kind;
		const char *header;
		struct {
			enum import_field field;
			int column;
		} want[6];
	} cases[] = {
		{ "ours", IMPORT_PEOPLE, "user_name,email,display_name,department,groups,active",
			{ { FIELD_USER_NAME, 0 }, { FIELD_EMAIL, 1 }, { FIELD_DISPLAY_NAME, 2 },
				{ FIELD_DEPARTMENT, 3 }, { FIELD_GROUPS, 4 },
				{ FIELD_ACTIVE, 5 } } },
		{ "Jamf Pro", IMPORT_PEOPLE,
			"Username,Full Name,Email Address,Phone Number,Position",
			{ { FIELD_USER_NAME, 0 }, { FIELD_DISPLAY_NAME, 1 }, { FIELD_EMAIL, 2 },
				{ FIELD_DEPARTMENT, -1 }, { FIELD_ACTIVE, -1 },
				{ FIELD_GROUPS, -1 } } },
		{ "Knox Manage: the id is the key and the name a name", IMPORT_PEOPLE,
			"User Name,User ID,Email,Department,Status,Tag",
			{ { FIELD_USER_NAME, 1 }, { FIELD_DISPLAY_NAME, 0 }, { FIELD_EMAIL, 2 },
				{ FIELD_DEPARTMENT, 3 }, { FIELD_ACTIVE, 4 },
				{ FIELD_GROUPS, -1 } } },
		{ "Entra bulk create", IMPORT_PEOPLE,
			"Name [displayName] Required,User name [userPrincipalName] Required,"
			"Initial password [passwordProfile] Required,"
			"Block sign in (Yes/No) [accountEnabled] Required,First name [givenName],"
			"Last name [surname]",
			{ { FIELD_DISPLAY_NAME, 0 }, { FIELD_USER_NAME, 1 }, { FIELD_BLOCKED, 3 },
				{ FIELD_ACTIVE, -1 }, { FIELD_FIRST_NAME, 4 },
				{ FIELD_LAST_NAME, 5 } } },
		{ "Entra export", IMPORT_PEOPLE,
			"displayName,userPrincipalName,mail,accountEnabled",
			{ { FIELD_DISPLAY_NAME, 0 }, { FIELD_USER_NAME, 1 }, { FIELD_EMAIL, 2 },
				{ FIELD_ACTIVE, 3 }, { FIELD_BLOCKED, -1 },
				{ FIELD_GROUPS, -1 } } },
		{ "German", IMPORT_PEOPLE,
			"Vorname,NACHNAME,Benutzer-Kennung,E-Mail,Abteilung,Gruppen",
			{ { FIELD_FIRST_NAME, 0 }, { FIELD_LAST_NAME, 1 }, { FIELD_USER_NAME, 2 },
				{ FIELD_EMAIL, 3 }, { FIELD_DEPARTMENT, 4 },
				{ FIELD_GROUPS, 5 } } },
		{ "devices, ours", IMPORT_DEVICES,
			"serial_number,platform,model,os_version,state,user",
			{ { FIELD_SERIAL, 0 }, { FIELD_PLATFORM, 1 }, { FIELD_MODEL, 2 },
				{ FIELD_OS_VERSION, 3 }, { FIELD_STATE, 4 }, { FIELD_USER, 5 } } },
		{ "devices, Jamf Pro", IMPORT_DEVICES,
			"Display Name,Serial Number,Model,UDID,Username,Email Address",
			{ { FIELD_DEVICE_NAME, 0 }, { FIELD_SERIAL, 1 }, { FIELD_MODEL, 2 },
				{ FIELD_UDID, 3 }, { FIELD_USER, 4 }, { FIELD_USER_EMAIL, 5 } } },
		{ "devices, German", IMPORT_DEVICES,
			"Gerätename,Seriennummer,Modell,Betriebssystem,Benutzername,Status",
			{ { FIELD_DEVICE_NAME, 0 }, { FIELD_SERIAL, 1 }, { FIELD_MODEL, 2 },
				{ FIELD_PLATFORM, 3 }, { FIELD_USER, 4 }, { FIELD_STATE, 5 } } },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		CTX_AUTO(cx);
		struct csv_record header = record_of(&cx, cases[i].header);
		struct import_columns c;
		print_message("%s\n", cases[i].name);
		assert_int_equal(import_columns_read(&cx, cases[i].kind, &header, &c), OK);
		for (size_t k = 0; k < 6; k++)
			assert_int_equal(c.column[cases[i].want[k].field], cases[i].want[k].column);
	}
}

static void test_columns_are_told(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct csv_record header = record_of(&cx, "User Name,User ID,Tag");
	struct import_columns c;
	assert_int_equal(import_columns_read(&cx, IMPORT_PEOPLE, &header, &c), OK);
	assert_string_equal(c.json, "[{\"header\":\"User Name\",\"field\":\"display_name\"},"
				    "{\"header\":\"User ID\",\"field\":\"user_name\"},"
				    "{\"header\":\"Tag\",\"field\":null}]");
}

/* One row of people, and what is kept of it. */
static void test_rows_of_people(void **state)
{
	(void)state;
	static const char header[] =
		"user_name,display_name,first name,last name,email,active,language,groups,serials";
	static const struct {
		const char *name, *row, *json;
	} cases[] = {
		{ "all of it", "ada,Ada,,,a@example.org,yes,de_CH,x|y,c02a1b2c3d",
			"{\"user_name\":\"ada\",\"display_name\":\"Ada\",\"email\":\"a@example."
			"org\","
			"\"groups\":\"x|y\",\"language\":\"de-CH\",\"serials\":\"C02A1B2C3D\","
			"\"active\":true}" },
		{ "trimmed", "  ada\t,,,,\u00a0,,,,", "{\"user_name\":\"ada\"}" },
		{ "the name in two columns", "ada,,Ada,Lovelace,,,,,",
			"{\"user_name\":\"ada\",\"display_name\":\"Ada Lovelace\"}" },
		{ "a family name alone", "ada,,,Lovelace,,,,,",
			"{\"user_name\":\"ada\",\"display_name\":\"Lovelace\"}" },
		{ "a dash is none", "ada,,,,-,,,-,",
			"{\"user_name\":\"ada\",\"email\":\"\",\"groups\":\"\"}" },
		{ "an exported formula", "ada,'=HYPERLINK,,,,,,,",
			"{\"user_name\":\"ada\",\"display_name\":\"=HYPERLINK\"}" },
		{ "an exported formula with a wide sign", "ada,'＝1,,,,,,,",
			"{\"user_name\":\"ada\",\"display_name\":\"＝1\"}" },
		{ "a name that begins with an apostrophe", "ada,'t Hooft,,,,,,,",
			"{\"user_name\":\"ada\",\"display_name\":\"'t Hooft\"}" },
		{ "groups and serials twice", "ada,,,,,,,x||x| y,A1B2C3 a1b2c3;D4E5F6",
			"{\"user_name\":\"ada\",\"groups\":\"x|y\",\"serials\":\"A1B2C3|"
			"D4E5F6\"}" },
		{ "a short row", "ada", "{\"user_name\":\"ada\"}" },
		{ "not active, in German", "ada,,,,,Nein,,,",
			"{\"user_name\":\"ada\",\"active\":false}" },
		{ "no user name", ",Ada,,,,,,,", "bad: The user name is missing." },
		{ "a user name that nobody sees", "\u00ad,Ada,,,,,,,",
			"bad: The user name is empty." },
		{ "no address", "ada,,,,a@b@c,,,,",
			"bad: The e-mail address \"a@b@c\" is not an address like "
			"name@example.org." },
		{ "no language", "ada,,,,,,d,,",
			"bad: The language \"d\" is not a tag like de, en-GB or zh-Hant." },
		{ "a language with a gap", "ada,,,,,,de--CH,,",
			"bad: The language \"de--CH\" is not a tag like de, en-GB or zh-Hant." },
		{ "no serial", "ada,,,,,,,,A1-B2",
			"bad: \"A1-B2\" is not a list of serial numbers (letters and digits, "
			"separated by |)." },
		{ "no yes", "ada,,,,,2,,,",
			"bad: \"2\" does not say whether the person is active; write yes or no." },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		CTX_AUTO(cx);
		struct csv_record head = record_of(&cx, header);
		struct csv_record record = record_of(&cx, cases[i].row);
		struct import_row row = { 0 };
		struct import_columns c;
		print_message("%s\n", cases[i].name);
		assert_int_equal(import_columns_read(&cx, IMPORT_PEOPLE, &head, &c), OK);
		enum err e = import_person_read(&cx, &c, &record, &row);
		if (e)
			assert_string_equal(
				arena_printf(cx.mem, "bad: %s", cx.error.sentence), cases[i].json);
		else
			assert_string_equal(row.data_json, cases[i].json);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_columns_are_told),
		cmocka_unit_test(test_rows_of_people),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
