#include "store_test.h"

#include <stdio.h>

#include "base/buf.h"
#include "domain/import.h"
#include "domain/person.h"
#include "store/audit.h"
#include "store/devices.h"
#include "store/imports.h"
#include "store/jobs.h"
#include "store/people.h"

static enum err preview_bytes(struct app *app, struct ctx *cx, const char *kind, const char *bytes,
	size_t length, const char *fields, struct import *ret_import)
{
	FILE *file = tmpfile();
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	rewind(file);
	struct import_upload upload = { .file_name = "test.csv", .fields = fields };
	enum err e = import_preview(app, cx, kind, file, &upload, ret_import);
	fclose(file);
	return e;
}

static enum err preview(
	struct app *app, struct ctx *cx, const char *kind, const char *text, struct import *import)
{
	return preview_bytes(app, cx, kind, text, strlen(text), NULL, import);
}

/* Applies to the end as the import thread does, and gives the job. */
static struct job apply(struct app *app, struct ctx *cx, int64_t import_id)
{
	struct job job;
	int64_t job_id, step;
	must(import_apply(app, cx, import_id, NULL, NULL, &job_id));
	do {
		must(import_step(app, cx, &step));
	} while (step);
	DB_AUTO(db);
	must(db_read(app->db, cx, &db));
	must(jobs_find(db, cx, job_id, &job));
	assert_string_equal(job.state, "done");
	return job;
}

static struct job import_text(struct app *app, struct ctx *cx, const char *kind, const char *text)
{
	struct import import;
	must(preview(app, cx, kind, text, &import));
	return apply(app, cx, import.id);
}

/* Rows as "2 add ada" lines; a reason or the changes follow after a colon. */
static const char *rows_of(struct app *app, struct ctx *cx, int64_t import_id)
{
	struct import_row *rows;
	size_t count;
	const char *text = "";
	DB_AUTO(db);
	must(db_read(app->db, cx, &db));
	must(imports_rows(db, cx, import_id, NULL, 0, 100, &rows, &count));
	for (size_t i = 0; i < count; i++)
		text = arena_printf(cx->mem, "%s%d %s %s%s%s\n", text, (int)rows[i].line,
			rows[i].verdict, rows[i].label ? rows[i].label : "-",
			rows[i].reason || rows[i].changes ? ": " : "",
			rows[i].reason    ? rows[i].reason
			: rows[i].changes ? rows[i].changes
					  : "");
	return text;
}

static struct person *person(struct app *app, struct ctx *cx, const char *user_key)
{
	struct person *p;
	DB_AUTO(db);
	must(db_read(app->db, cx, &db));
	must(people_find_by_user_key(db, cx, user_key, &p));
	return p;
}

APP_TEST(import_of_people_shows_what_it_would_do_then_does_it)
{
	struct import import;
	import_text(app, cx, "people",
		"user_name,display_name,email\nada,Ada,ada@example.org\nbob,Bob,\n");
	must(preview(app, cx, "people",
		"\xef\xbb\xbf"
		"Department;E-Mail-Adresse;Benutzername;Anzeigename;Aktiv\r\n"
		"Math;countess@example.org;ADA;Ada;\r\n"
		";;bob;\"Bob\";ja\r\n"
		"Biology;\"cyd\n@example.org\";cyd;\"Cyd \"\"C\"\" Plum\";nein\r\n"
		"Biology;not an address;dee;Dee;\r\n"
		"Biology;dee@example.org;dee;Dee;vielleicht\r\n"
		";;;Nobody;\r\n"
		";;cyd2;Cyd;;;extra\r\n"
		";;\xff\xfe;Bytes;\r\n"
		";;Bob;Bob again;\r\n",
		&import));
	assert_string_equal(rows_of(app, cx, import.id),
		"2 change ADA: user name: ada → ADA; e-mail: ada@example.org → "
		"countess@example.org; department: none → Math\n"
		"3 same bob\n"
		"4 bad cyd: The e-mail has a line break, a control character or bytes that are not "
		"UTF-8.\n"
		"6 bad dee: The e-mail address \"not an address\" is not an address like "
		"name@example.org.\n"
		"7 bad dee: \"vielleicht\" does not say whether the person is active; write yes or "
		"no.\n"
		"8 bad -: The user name is missing.\n"
		"9 bad -: The row has 7 fields and the header 5. A separator inside a text needs "
		"quotes around the text.\n"
		"10 bad -: The line holds bytes that are not UTF-8 text. Save the file as \"CSV "
		"UTF-8\".\n"
		"11 bad Bob: Bob is already in line 3 of this file.\n");
	assert_int_equal(import.added, 0);
	assert_int_equal(import.changed, 1);
	assert_int_equal(import.unchanged, 1);
	assert_int_equal(import.bad, 7);
	assert_string_equal(import.state, "preview");
	assert_string_equal(person(app, cx, "ada")->email, "ada@example.org");

	struct job job = apply(app, cx, import.id);
	assert_int_equal(job.total, 2);
	assert_int_equal(job.done, 1);
	assert_int_equal(job.skipped, 1);
	assert_string_equal(person(app, cx, "ada")->email, "countess@example.org");
	assert_string_equal(person(app, cx, "ada")->department, "Math");
	int64_t job_id;
	must_fail(import_apply(app, cx, import.id, NULL, NULL, &job_id), ERR_CONFLICT,
		"import.applied");
}

APP_TEST(import_takes_the_columns_that_were_chosen_and_remembers_them)
{
	static const char text[] = "Kurz,Post,Who,Notes\nada,ada@example.org,Ada,secret\n";
	static const char same[] = " KURZ ,post,who,Notes\nbob,bob@example.org,Bob,\n";
	static const char other[] = "Post,Kurz,Who,Notes\nbob@example.org,bob,Bob,\n";
	struct import import;
	must_fail(preview(app, cx, "people", text, &import), ERR_INVALID, "csv.no_key_column");
	static const struct {
		const char *fields, *reason;
	} refused[] = { { "user_name,email", "import.columns_count" },
		{ "user_name,email,,,", "import.columns_count" },
		{ ",email,display_name,", "import.no_key_chosen" },
		{ "user_name,email,email,", "import.column_taken" },
		{ "user_name,mail,,", "import.column_field" },
		{ "user_name,serial_number,,", "import.column_field" } };
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		must_fail(preview_bytes(app, cx, "people", text, strlen(text), refused[i].fields,
				  &import),
			ERR_INVALID, refused[i].reason);
	must(preview_bytes(
		app, cx, "people", text, strlen(text), "user_name,email,display_name,", &import));
	assert_string_equal(import.matching, "chosen");
	assert_int_equal(import.added, 1);
	apply(app, cx, import.id);
	assert_string_equal(person(app, cx, "ada")->display_name, "Ada");
	assert_string_equal(person(app, cx, "ada")->email, "ada@example.org");

	must(preview(app, cx, "people", same, &import));
	assert_string_equal(import.matching, "remembered");
	assert_int_equal(import.added, 1);
	must_fail(preview(app, cx, "people", other, &import), ERR_INVALID, "csv.no_key_column");
	must_fail(preview(app, cx, "devices", same, &import), ERR_INVALID, "csv.no_key_column");

	must(preview_bytes(app, cx, "people", same, strlen(same), "user_name,,,", &import));
	must(preview(app, cx, "people", text, &import));
	assert_string_equal(rows_of(app, cx, import.id), "2 same ada\n");
}

APP_TEST(import_of_a_refused_file_remembers_nothing)
{
	struct import import;
	must_fail(preview_bytes(app, cx, "people", "Kurz\n", 5, "user_name", &import), ERR_INVALID,
		"csv.empty");
	must_fail(preview(app, cx, "people", "Kurz\nada\n", &import), ERR_INVALID,
		"csv.no_key_column");
}

APP_TEST(import_says_nothing_by_absence_and_empty_cells)
{
	import_text(app, cx, "people",
		"user_name,display_name,email,department,active\n"
		"ada,Ada,ada@example.org,Math,yes\nbob,Bob,bob@example.org,Math,yes\n");
	import_text(app, cx, "people", "user_name,email,department,active\nada,,-,\n");
	struct person *ada = person(app, cx, "ada"), *bob = person(app, cx, "bob");
	assert_string_equal(ada->email, "ada@example.org");
	assert_null(ada->department);
	assert_true(ada->is_active);
	assert_true(bob->is_active);
	assert_string_equal(bob->department, "Math");
	import_text(app, cx, "people", "user_name,active\nada,no\n");
	assert_false(person(app, cx, "ada")->is_active);
	assert_true(person(app, cx, "bob")->is_active);
}

APP_TEST(import_of_devices_finds_users_and_makes_them_eligible)
{
	struct import import;
	import_text(app, cx, "people",
		"user_name,email\nada,ada@example.org\nbob,bob@example.org\ncyd,same@example.org\n"
		"dee,same@example.org\n");
	must(preview(app, cx, "devices",
		"Serial Number,Platform,Model,OS Version,Username,Email Address,State\n"
		"c02xk1abcd,ipados,iPad Pro,17.1,ADA,,Enrolled\n"
		"F9FXK1ABCE,,iPhone 15,17.1,,BOB@example.org,\n"
		"F9FXK1ABCF,Android,Pixel,14,,,\n"
		"F9FXK1ABCG,iOS,,,nobody,,\n"
		"F9FXK1ABCH,iOS,,,,same@example.org,\n"
		"1.2E+11,iOS,,,,,\n"
		"ABC,iOS,,,,,\n"
		"F9FXK1ABCI,,,,,,\n"
		"F9FXK1ABCJ,iOS,,,,,broken\n"
		"C02XK1ABCD,iOS,,,,,\n",
		&import));
	assert_string_equal(rows_of(app, cx, import.id),
		"2 add C02XK1ABCD\n"
		"3 add F9FXK1ABCE\n"
		"4 bad F9FXK1ABCF: The platform \"Android\" is not one of Apple's: iOS, iPadOS, "
		"macOS, tvOS, watchOS, visionOS.\n"
		"5 bad F9FXK1ABCG: There is no user \"nobody\". Import the people first, or "
		"correct "
		"it.\n"
		"6 bad F9FXK1ABCH: More than one user has the address \"same@example.org\"; write "
		"the "
		"user name.\n"
		"7 bad 1.2E+11: \"1.2E+11\" is not a serial number: it may hold letters and digits "
		"only (a spreadsheet turned it into a number; format the column as text).\n"
		"8 bad ABC: \"ABC\" is not a serial number: it has 3 characters, not 6 to 20.\n"
		"9 bad F9FXK1ABCI: The platform is missing, and the model does not tell it.\n"
		"10 bad F9FXK1ABCJ: The state \"broken\" is not known; write activated, pending or "
		"left.\n"
		"11 bad C02XK1ABCD: C02XK1ABCD is already in line 2 of this file.\n");
	assert_false(person(app, cx, "ada")->is_eligible);
	apply(app, cx, import.id);
	assert_true(person(app, cx, "ada")->is_eligible);
	assert_int_equal(person(app, cx, "ada")->platforms, PLATFORM_IPADOS);
	assert_int_equal(person(app, cx, "bob")->platforms, PLATFORM_IOS);

	/* It goes to bob, then to nobody, then out of the MDM. */
	import_text(app, cx, "devices", "serial,user\nC02XK1ABCD,bob\n");
	assert_false(person(app, cx, "ada")->is_eligible);
	assert_int_equal(person(app, cx, "bob")->platforms, PLATFORM_IOS | PLATFORM_IPADOS);
	import_text(app, cx, "devices", "serial,user\nC02XK1ABCD,-\n");
	import_text(app, cx, "devices", "serial,status\nF9FXK1ABCE,Retired\n");
	assert_false(person(app, cx, "bob")->is_eligible);
}

APP_TEST(import_links_serials_of_people_before_and_after_the_devices)
{
	import_text(app, cx, "people", "user_name,serials\nada,c02xk1abcd | F9FXK1ABCE\n");
	assert_int_equal(person(app, cx, "ada")->device_count, 2);
	assert_false(person(app, cx, "ada")->is_eligible);
	import_text(app, cx, "devices", "serial_number,model\nC02XK1ABCD,MacBook Air\n");
	assert_true(person(app, cx, "ada")->is_eligible);
	assert_int_equal(person(app, cx, "ada")->platforms, PLATFORM_MACOS);
	import_text(app, cx, "people", "user_name,serials\nbob,C02XK1ABCD\n");
	assert_false(person(app, cx, "ada")->is_eligible);
	assert_true(person(app, cx, "bob")->is_eligible);
}

APP_TEST(import_judges_again_what_moved_since_the_preview)
{
	struct import import;
	struct person_input change = { .email = "moved@example.org", .active = -1 };
	import_text(app, cx, "people", "user_name,email\nada,ada@example.org\ncyd,c@example.org\n");
	must(preview(app, cx, "people",
		"user_name,email\nada,moved@example.org\nbob,b@example.org\ncyd,c@example.org\n",
		&import));
	assert_int_equal(import.changed, 1);
	assert_int_equal(import.added, 1);
	assert_int_equal(import.unchanged, 1);
	must(person_change(app, cx, person(app, cx, "ada")->id, &change));
	struct person_input bob = { .user_name = "bob", .display_name = "Bob", .active = -1 };
	int64_t bob_id;
	must(person_add(app, cx, &bob, &bob_id));
	must(person_take_out(app, cx, person(app, cx, "cyd")->id));

	struct job job = apply(app, cx, import.id);
	assert_int_equal(job.done, 2);    /* bob changed, cyd added again */
	assert_int_equal(job.skipped, 1); /* ada is as the file wants already */
	assert_int_equal(person(app, cx, "bob")->id, bob_id);
	assert_string_equal(person(app, cx, "bob")->email, "b@example.org");
	assert_string_equal(person(app, cx, "bob")->display_name, "Bob");
}

APP_TEST(import_refuses_what_is_no_table_of_the_kind)
{
	static const struct {
		const char *kind, *text, *reason;
	} cases[] = {
		{ "people", "", "csv.empty" },
		{ "people", "\n\r\n", "csv.empty" },
		{ "people", "user_name,email\n", "csv.empty" },
		{ "people", "version:v1.0\n", "csv.empty" },
		{ "people", "%PDF-1.7 stream", "csv.not_text" },
		{ "people", "PK\x03\x04 workbook", "csv.not_text" },
		{ "people", "<!DOCTYPE html><html>", "csv.not_text" },
		{ "people", "{\"people\": []}", "csv.not_text" },
		{ "people", "[1, 2]", "csv.not_text" },
		{ "people", "email,name\na@example.org,A\n", "csv.no_key_column" },
		{ "people", "just some words\nand more\n", "csv.no_key_column" },
		{ "people", "user_name,email,E-Mail\na,b,c\n", "csv.column_twice" },
		{ "people", "user_name,\"email\na,b\n", "csv.header" },
		{ "devices", "user_name,email\nada,a@example.org\n", "csv.no_key_column" },
		{ "cats", "user_name\nada\n", "import.kind" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct import import;
		print_message("%s\n", cases[i].reason);
		must_fail(preview(app, cx, cases[i].kind, cases[i].text, &import), ERR_INVALID,
			cases[i].reason);
	}
	DB_AUTO(db);
	struct import import;
	must(db_read(app->db, cx, &db));
	must_fail(imports_find(db, cx, 1, &import), ERR_NOT_FOUND, "import.none");
}

/* More than a chunk, with the process ending in between: it goes on where it was. */
APP_TEST(import_of_many_rows_goes_on_after_a_restart)
{
	BUF_AUTO(text, 1024 * 1024);
	struct import import;
	int64_t job_id, again, step;
	buf_puts(&text, "user_name,email\n");
	for (int i = 0; i < 3 * IMPORT_CHUNK_ROWS; i++)
		buf_printf(&text, "user%d,user%d@example.org\n", i, i);
	must(preview(app, cx, "people", text.bytes, &import));
	assert_int_equal(import.added, 3 * IMPORT_CHUNK_ROWS);
	must(import_apply(app, cx, import.id, "key", "hash", &job_id));
	must(import_apply(app, cx, import.id, "key", "hash", &again));
	assert_int_equal(job_id, again);
	must_fail(import_apply(app, cx, import.id, "key", "other", &again), ERR_CONFLICT,
		"idempotency.other_request");
	must(import_step(app, cx, &step));
	{
		DB_AUTO(db);
		struct job job;
		must(db_read(app->db, cx, &db));
		must(jobs_find(db, cx, job_id, &job));
		assert_string_equal(job.state, "running");
		assert_int_equal(job.done, IMPORT_CHUNK_ROWS);
	}
	do {
		must(import_step(app, cx, &step));
	} while (step);
	struct people_filter anyone = people_filter_any();
	struct people_count people;
	DB_AUTO(db);
	must(db_read(app->db, cx, &db));
	must(people_count(db, cx, &anyone, 0, false, &people));
	assert_int_equal(people.people, 3 * IMPORT_CHUNK_ROWS);
	struct audit_row *rows;
	size_t count;
	must(audit_list(db, cx, "import", NULL, 0, 10, &rows, &count));
	assert_int_equal(count, 2);
	assert_string_equal(rows[0].act, "import.apply");
	assert_string_equal(rows[1].act, "import.upload");
}

APP_TEST(person_verbs_write_their_audit_row)
{
	struct person_input ada = { .user_name = "ada", .display_name = "Ada", .active = -1 };
	struct person_input same = { .display_name = "Ada", .active = 1 };
	struct person_input taken = { .user_name = "ADA", .active = -1 };
	struct person_input change = { .email = "ada@example.org", .active = 0 };
	struct audit_row *rows;
	size_t count;
	int64_t id, other;
	must(person_add(app, cx, &ada, &id));
	must_fail(person_add(app, cx, &taken, &other), ERR_CONFLICT, "person.exists");
	must(person_change(app, cx, id, &same));
	must(person_change(app, cx, id, &change));
	must(person_take_out(app, cx, id));
	must_fail(person_take_out(app, cx, id), ERR_NOT_FOUND, "person.none");
	DB_AUTO(db);
	must(db_read(app->db, cx, &db));
	must(audit_list(db, cx, "person", NULL, 0, 10, &rows, &count));
	assert_int_equal(count, 3);
	assert_string_equal(rows[2].act, "person.add");
	assert_string_equal(rows[1].act, "person.change");
	assert_string_equal(rows[1].detail,
		"{\"before\":{\"email\":null,\"active\":true},\"after\":{\"email\":"
		"\"ada@example.org\",\"active\":false}}");
	assert_string_equal(rows[0].act, "person.delete");
}
