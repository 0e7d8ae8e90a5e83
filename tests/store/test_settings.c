#include "store_test.h"

#include "store/settings.h"

STORE_TEST(settings_are_put_read_and_removed)
{
	const char *value;
	must(settings_get(db, cx, "smtp.host", &value));
	assert_null(value);
	must(settings_put(db, cx, "smtp.host", "mail.example.org"));
	must(settings_put(db, cx, "smtp.host", "mail2.example.org"));
	must(settings_get(db, cx, "smtp.host", &value));
	assert_string_equal(value, "mail2.example.org");
	must(settings_put(db, cx, "smtp.host", NULL));
	must(settings_get(db, cx, "smtp.host", &value));
	assert_null(value);
}
