#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../unit.h"
#include "base/ctx.h"
#include "base/plist.h"
#include "base/secret.h"

static char folder[] = "/tmp/pomona-secret-XXXXXX";

static void test_sealing(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct secret_key *key = NULL, *again = NULL, *other = NULL;
	char *path = arena_printf(cx.mem, "%s/key", folder), *plain = NULL;
	assert_int_equal(secret_key_open(&cx, path, &key), OK);
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(st.st_size, SECRET_KEY_BYTES);
	char *box = secret_seal(cx.mem, key, "location.token", "open sesame");
	assert_null(strstr(box, "sesame"));
	assert_string_not_equal(box, secret_seal(cx.mem, key, "location.token", "open sesame"));

	assert_int_equal(secret_key_open(&cx, path, &again), OK);
	assert_int_equal(secret_unseal(&cx, again, "location.token", box, &plain), OK);
	assert_string_equal(plain, "open sesame");
	assert_int_equal(secret_unseal(&cx, again, "smtp.password", box, &plain), ERR_INVALID);
	assert_int_equal(
		secret_unseal(&cx, again, "location.token", "rubbish", &plain), ERR_INVALID);
	box[strlen(box) - 3] ^= 1;
	assert_int_equal(secret_unseal(&cx, again, "location.token", box, &plain), ERR_INVALID);

	char *other_path = arena_printf(cx.mem, "%s/other", folder);
	assert_int_equal(secret_key_open(&cx, other_path, &other), OK);
	assert_string_equal(secret_derive(cx.mem, key, "hook", "k1"),
		secret_derive(cx.mem, again, "hook", "k1"));
	assert_int_equal(strlen(secret_derive(cx.mem, key, "hook", "k1")), 43);
	assert_string_not_equal(secret_derive(cx.mem, key, "hook", "k1"),
		secret_derive(cx.mem, other, "hook", "k1"));
	assert_string_not_equal(
		secret_derive(cx.mem, key, "hook", "k1"), secret_derive(cx.mem, key, "hookk", "1"));
	box = secret_seal(cx.mem, key, "location.token", "");
	assert_int_equal(secret_unseal(&cx, other, "location.token", box, &plain), ERR_INVALID);
	assert_int_equal(secret_unseal(&cx, key, "location.token", box, &plain), OK);
	assert_string_equal(plain, "");
	secret_key_close(key);
	secret_key_close(again);
	secret_key_close(other);
	unlink(path);
	unlink(other_path);
}

static void test_key_of_the_wrong_size(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	char *path = arena_printf(cx.mem, "%s/short", folder);
	FILE *file = fopen(path, "w");
	fputs("too short", file);
	fclose(file);
	struct secret_key *key = NULL;
	assert_int_equal(secret_key_open(&cx, path, &key), ERR_IO);
	assert_int_equal(secret_key_open(&cx, "/nowhere/key", &key), ERR_IO);
	unlink(path);
}

static void test_passwords(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	char *hash = NULL;
	assert_int_equal(secret_password_hash(&cx, "correct horse battery", &hash), OK);
	assert_true(strncmp(hash, "$argon2id$", 10) == 0);
	assert_true(secret_password_verify(hash, "correct horse battery"));
	assert_false(secret_password_verify(hash, "correct horse batterY"));
	assert_false(secret_password_verify("not a hash", "x"));
}

static void test_random_texts(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	char *uuid = secret_uuid(cx.mem), *code = secret_code(cx.mem, 3);
	assert_int_equal(strlen(uuid), 36);
	assert_int_equal(uuid[14], '4');
	assert_non_null(strchr("89ab", uuid[19]));
	assert_int_equal(strlen(code), 14);
	assert_int_equal(code[4], '-');
	assert_int_equal(strlen(secret_token(cx.mem, 43)), 43);
	assert_true(secret_equal("abc", "abc"));
	assert_false(secret_equal("abc", "abd"));
	assert_false(secret_equal(NULL, NULL));
	char hex[SECRET_HASH_HEX];
	secret_hash("abc", 3, hex);
	assert_string_equal(
		hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void test_plist(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct plist *root = pl_new_dict(), *read = NULL;
	pl_set_str(root, "CommandUUID", "a-b");
	pl_set_str(pl_set_dict(root, "Command"), "RequestType", "Invite & Program");
	char *xml = pl_to_xml(&cx, root);
	pl_free(root);
	assert_int_equal(pl_parse(&cx, xml, strlen(xml), &read), OK);
	assert_string_equal(pl_str(&cx, read, "CommandUUID"), "a-b");
	assert_string_equal(
		pl_str(&cx, pl_get(read, "Command"), "RequestType"), "Invite & Program");
	assert_null(pl_str(&cx, read, "Absent"));
	assert_null(pl_str(&cx, pl_get(read, "CommandUUID"), "Deeper"));
	pl_free(read);
	read = NULL;
	assert_int_equal(pl_parse(&cx, "{\"json\":1}", 10, &read), ERR_INVALID);
	assert_int_equal(pl_parse(&cx, "", 0, &read), ERR_INVALID);
	char *deep = arena_strdup(cx.mem, "<plist>");
	for (int i = 0; i < 40; i++)
		deep = arena_printf(cx.mem, "%s<array>", deep);
	assert_int_equal(pl_parse(&cx, deep, strlen(deep), &read), ERR_INVALID);
}

int main(void)
{
	secret_init();
	if (!mkdtemp(folder))
		return 1;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sealing),
		cmocka_unit_test(test_key_of_the_wrong_size),
		cmocka_unit_test(test_passwords),
		cmocka_unit_test(test_random_texts),
		cmocka_unit_test(test_plist),
	};
	int failures = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(folder);
	return failures;
}
