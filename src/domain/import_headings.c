#include "domain/import_headings.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/text.h"

#define COUNT(x) (sizeof(x) / sizeof((x)[0]))

/* Names as they are after import_plain(): small letters and digits alone. When two columns of a file
 * mean the same, the row that stands first here wins. That matters for the key: Knox Manage has
 * "User ID" (the key) beside "User Name" (the name), Entra has "userPrincipalName" beside "mail". */
struct alias {
	const char *name;
	enum import_field field;
};

static const struct alias people_aliases[] = {
	{ "userid", FIELD_USER_NAME },
	{ "userprincipalname", FIELD_USER_NAME },
	{ "upn", FIELD_USER_NAME },
	{ "username", FIELD_USER_NAME },
	{ "login", FIELD_USER_NAME },
	{ "loginname", FIELD_USER_NAME },
	{ "logonname", FIELD_USER_NAME },
	{ "samaccountname", FIELD_USER_NAME },
	{ "uid", FIELD_USER_NAME },
	{ "benutzername", FIELD_USER_NAME },
	{ "benutzerkennung", FIELD_USER_NAME },
	{ "benutzerid", FIELD_USER_NAME },
	{ "benutzer", FIELD_USER_NAME },
	{ "anmeldename", FIELD_USER_NAME },
	{ "kennung", FIELD_USER_NAME },
	{ "user", FIELD_USER_NAME },
	{ "email", FIELD_EMAIL },
	{ "emailaddress", FIELD_EMAIL },
	{ "mail", FIELD_EMAIL },
	{ "mailaddress", FIELD_EMAIL },
	{ "primaryemail", FIELD_EMAIL },
	{ "useremail", FIELD_EMAIL },
	{ "workemail", FIELD_EMAIL },
	{ "emailadresse", FIELD_EMAIL },
	{ "mailadresse", FIELD_EMAIL },
	{ "displayname", FIELD_DISPLAY_NAME },
	{ "fullname", FIELD_DISPLAY_NAME },
	{ "realname", FIELD_DISPLAY_NAME },
	{ "name", FIELD_DISPLAY_NAME },
	{ "anzeigename", FIELD_DISPLAY_NAME },
	{ "vollstandigername", FIELD_DISPLAY_NAME },
	{ "cn", FIELD_DISPLAY_NAME },
	{ "firstname", FIELD_FIRST_NAME },
	{ "givenname", FIELD_FIRST_NAME },
	{ "vorname", FIELD_FIRST_NAME },
	{ "lastname", FIELD_LAST_NAME },
	{ "surname", FIELD_LAST_NAME },
	{ "familyname", FIELD_LAST_NAME },
	{ "nachname", FIELD_LAST_NAME },
	{ "familienname", FIELD_LAST_NAME },
	{ "sn", FIELD_LAST_NAME },
	{ "managedappleaccount", FIELD_ACCOUNT },
	{ "managedappleid", FIELD_ACCOUNT },
	{ "managedappleaccountusername", FIELD_ACCOUNT },
	{ "appleid", FIELD_ACCOUNT },
	{ "verwalteterappleaccount", FIELD_ACCOUNT },
	{ "verwalteteappleid", FIELD_ACCOUNT },
	{ "department", FIELD_DEPARTMENT },
	{ "departmentname", FIELD_DEPARTMENT },
	{ "organization", FIELD_DEPARTMENT },
	{ "organisation", FIELD_DEPARTMENT },
	{ "orgunit", FIELD_DEPARTMENT },
	{ "abteilung", FIELD_DEPARTMENT },
	{ "bereich", FIELD_DEPARTMENT },
	{ "groups", FIELD_GROUPS },
	{ "group", FIELD_GROUPS },
	{ "usergroups", FIELD_GROUPS },
	{ "usergroup", FIELD_GROUPS },
	{ "gruppen", FIELD_GROUPS },
	{ "gruppe", FIELD_GROUPS },
	{ "language", FIELD_LANGUAGE },
	{ "preferredlanguage", FIELD_LANGUAGE },
	{ "locale", FIELD_LANGUAGE },
	{ "sprache", FIELD_LANGUAGE },
	{ "active", FIELD_ACTIVE },
	{ "isactive", FIELD_ACTIVE },
	{ "enabled", FIELD_ACTIVE },
	{ "accountenabled", FIELD_ACTIVE },
	{ "status", FIELD_ACTIVE },
	{ "userstatus", FIELD_ACTIVE },
	{ "aktiv", FIELD_ACTIVE },
	{ "blocksigninyesno", FIELD_BLOCKED },
	{ "blocksignin", FIELD_BLOCKED },
	{ "blocked", FIELD_BLOCKED },
	{ "disabled", FIELD_BLOCKED },
	{ "suspended", FIELD_BLOCKED },
	{ "gesperrt", FIELD_BLOCKED },
	{ "serials", FIELD_SERIALS },
	{ "serialnumbers", FIELD_SERIALS },
	{ "serialnumber", FIELD_SERIALS },
	{ "deviceserials", FIELD_SERIALS },
	{ "seriennummern", FIELD_SERIALS },
	{ "seriennummer", FIELD_SERIALS },
};

static const struct alias device_aliases[] = {
	{ "serialnumber", FIELD_SERIAL },
	{ "deviceserialnumber", FIELD_SERIAL },
	{ "serial", FIELD_SERIAL },
	{ "serialno", FIELD_SERIAL },
	{ "hardwareserial", FIELD_SERIAL },
	{ "seriennummer", FIELD_SERIAL },
	{ "sn", FIELD_SERIAL },
	{ "platform", FIELD_PLATFORM },
	{ "os", FIELD_PLATFORM },
	{ "operatingsystem", FIELD_PLATFORM },
	{ "ostype", FIELD_PLATFORM },
	{ "devicetype", FIELD_PLATFORM },
	{ "plattform", FIELD_PLATFORM },
	{ "betriebssystem", FIELD_PLATFORM },
	{ "geratetyp", FIELD_PLATFORM },
	{ "model", FIELD_MODEL },
	{ "modelname", FIELD_MODEL },
	{ "devicemodel", FIELD_MODEL },
	{ "modell", FIELD_MODEL },
	{ "name", FIELD_DEVICE_NAME },
	{ "devicename", FIELD_DEVICE_NAME },
	{ "displayname", FIELD_DEVICE_NAME },
	{ "computername", FIELD_DEVICE_NAME },
	{ "geratename", FIELD_DEVICE_NAME },
	{ "osversion", FIELD_OS_VERSION },
	{ "operatingsystemversion", FIELD_OS_VERSION },
	{ "version", FIELD_OS_VERSION },
	{ "betriebssystemversion", FIELD_OS_VERSION },
	{ "udid", FIELD_UDID },
	{ "deviceudid", FIELD_UDID },
	{ "enrolmenttype", FIELD_ENROLMENT },
	{ "enrollmenttype", FIELD_ENROLMENT },
	{ "enrollmentmethod", FIELD_ENROLMENT },
	{ "deviceenrollmenttype", FIELD_ENROLMENT },
	{ "registrierungstyp", FIELD_ENROLMENT },
	{ "state", FIELD_STATE },
	{ "devicestate", FIELD_STATE },
	{ "devicestatus", FIELD_STATE },
	{ "status", FIELD_STATE },
	{ "enrollmentstatus", FIELD_STATE },
	{ "enrolmentstatus", FIELD_STATE },
	{ "managed", FIELD_STATE },
	{ "managementstate", FIELD_STATE },
	{ "geratestatus", FIELD_STATE },
	{ "user", FIELD_USER },
	{ "userid", FIELD_USER },
	{ "username", FIELD_USER },
	{ "userprincipalname", FIELD_USER },
	{ "primaryuserupn", FIELD_USER },
	{ "primaryuser", FIELD_USER },
	{ "assigneduser", FIELD_USER },
	{ "owner", FIELD_USER },
	{ "benutzer", FIELD_USER },
	{ "benutzername", FIELD_USER },
	{ "useremail", FIELD_USER_EMAIL },
	{ "emailaddress", FIELD_USER_EMAIL },
	{ "email", FIELD_USER_EMAIL },
	{ "mail", FIELD_USER_EMAIL },
	{ "primaryuseremailaddress", FIELD_USER_EMAIL },
};

/* Small letters and digits of any script; everything else goes, and a "required" at the end. */
char *import_plain(struct arena *a, const char *name)
{
	char *text = text_fold_search(a, name), *to = text;
	size_t length;

	for (const char *c = text; *c; c++) {
		if ((unsigned char)*c >= 0x80 || isalnum((unsigned char)*c))
			*to++ = *c;
	}
	*to = '\0';
	length = strlen(text);
	if (length > 8 && !strcmp(text + length - 8, "required"))
		text[length - 8] = '\0';
	return text;
}

/* The row of the table; count when there is none. */
static size_t find_alias(const struct alias *aliases, size_t count, const char *name)
{
	size_t i = 0;

	while (i < count && strcmp(aliases[i].name, name) != 0)
		i++;
	return i;
}

/* By the whole name, else by the word in brackets ("User name [userPrincipalName] Required"). The
 * exception: "Block sign in (Yes/No) [accountEnabled]", whose bracket says the opposite. */
static size_t find_header(
	struct arena *a, const struct alias *aliases, size_t count, const char *header)
{
	const char *open = strchr(header, '['), *close = open ? strchr(open, ']') : NULL;
	size_t row;

	if (!close)
		return find_alias(aliases, count, import_plain(a, header));
	row = find_alias(
		aliases, count, import_plain(a, arena_strndup(a, header, (size_t)(open - header))));
	if (row < count && aliases[row].field == FIELD_BLOCKED)
		return row;
	return find_alias(aliases, count,
		import_plain(a, arena_strndup(a, open + 1, (size_t)(close - open - 1))));
}

static enum err refuse_twice(struct ctx *cx, const struct csv_record *header, int first, size_t i)
{
	return err_set(cx, ERR_INVALID, "csv.column_twice",
		"The columns %d (\"%s\") and %zu (\"%s\") mean the same. Leave one of them out.",
		first + 1, header->fields[first], i + 1, header->fields[i]);
}

/* "User Name" beside a better key is the name of the person. */
static void use_loser(struct import_columns *c, const struct alias *alias, size_t column)
{
	if (alias->field == FIELD_USER_NAME && !strcmp(alias->name, "username") &&
		c->column[FIELD_DISPLAY_NAME] < 0)
		c->column[FIELD_DISPLAY_NAME] = (int)column;
}

/* A name that stands twice is refused at the end, when the others have their field. */
static enum err take_headers(struct ctx *cx, const struct csv_record *header,
	const struct alias *aliases, size_t count, struct import_columns *c)
{
	size_t rows[IMPORT_FIELDS] = { 0 };
	size_t losers[CSV_MAX_FIELDS], loser_rows[CSV_MAX_FIELDS], lost = 0;
	enum err twice = OK;

	for (size_t i = 0; i < header->count; i++) {
		size_t row = find_header(cx->mem, aliases, count, header->fields[i]);
		int *column = row < count ? &c->column[aliases[row].field] : NULL;

		if (!column)
			continue;
		if (*column >= 0 && rows[aliases[row].field] == row) {
			twice = twice ? twice : refuse_twice(cx, header, *column, i);
			continue;
		}
		if (*column < 0 || row < rows[aliases[row].field]) {
			if (*column >= 0) {
				losers[lost] = (size_t)*column;
				loser_rows[lost++] = rows[aliases[row].field];
			}
			*column = (int)i;
			rows[aliases[row].field] = row;
		} else {
			losers[lost] = i;
			loser_rows[lost++] = row;
		}
	}
	for (size_t i = 0; i < lost; i++)
		use_loser(c, &aliases[loser_rows[i]], losers[i]);
	return twice;
}

enum err import_headings_take(
	struct ctx *cx, const struct csv_record *header, struct import_columns *c)
{
	return c->kind == IMPORT_PEOPLE
	               ? take_headers(cx, header, people_aliases, COUNT(people_aliases), c)
	               : take_headers(cx, header, device_aliases, COUNT(device_aliases), c);
}
