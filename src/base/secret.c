#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/kill_point.h"
#include "base/text.h"

/* In front of each box, so that a later form can be told from this one. */
#define BOX_FORM    "v1."
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES   crypto_aead_xchacha20poly1305_ietf_ABYTES

#ifdef POMONA_TEST_BUILD
#define PASSWORD_PASSES crypto_pwhash_OPSLIMIT_MIN
#define PASSWORD_MEMORY crypto_pwhash_MEMLIMIT_MIN
#else
#define PASSWORD_PASSES 3
#define PASSWORD_MEMORY (64u * 1024 * 1024)
#endif

struct secret_key {
	uint8_t bytes[SECRET_KEY_BYTES];
};

void secret_init(void)
{
	if (sodium_init() < 0) {
		fputs("libsodium cannot start: the system gives no random numbers\n", stderr);
		abort();
	}
}

void secret_random(void *bytes, size_t length)
{
	randombytes_buf(bytes, length);
}

char *secret_token(struct arena *a, size_t characters)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	char *token = arena_alloc(a, characters + 1);
	secret_random(token, characters);
	for (size_t i = 0; i < characters; i++)
		token[i] = alphabet[(unsigned char)token[i] & 63];
	return token;
}

char *secret_uuid(struct arena *a)
{
	uint8_t b[16];
	secret_random(b, sizeof(b));
	b[6] = (uint8_t)(0x40 | (b[6] & 0x0f));
	b[8] = (uint8_t)(0x80 | (b[8] & 0x3f));
	return arena_printf(a,
		"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
		b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
		b[15]);
}

char *secret_code(struct arena *a, int groups)
{
	static const char alphabet[] = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
	char *code = arena_alloc(a, (size_t)groups * 5 + 1), *to = code;
	for (int i = 0; i < groups * 4; i++) {
		if (i && i % 4 == 0)
			*to++ = '-';
		*to++ = alphabet[randombytes_uniform(sizeof(alphabet) - 1)];
	}
	return code;
}

bool secret_equal(const char *a, const char *b)
{
	if (!a || !b)
		return false;
	uint8_t hash_a[32], hash_b[32];
	crypto_hash_sha256(hash_a, (const uint8_t *)a, strlen(a));
	crypto_hash_sha256(hash_b, (const uint8_t *)b, strlen(b));
	return sodium_memcmp(hash_a, hash_b, sizeof(hash_a)) == 0;
}

void secret_wipe(void *bytes, size_t length)
{
	sodium_memzero(bytes, length);
}

void secret_hash(const void *bytes, size_t length, char ret_hex[SECRET_HASH_HEX])
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	crypto_hash_sha256(hash, bytes, length);
	sodium_bin2hex(ret_hex, SECRET_HASH_HEX, hash, sizeof(hash));
}

void secret_hash_file(FILE *file, char ret_hex[SECRET_HASH_HEX])
{
	uint8_t hash[crypto_hash_sha256_BYTES], piece[16 * 1024];
	crypto_hash_sha256_state state;
	size_t length;
	crypto_hash_sha256_init(&state);
	rewind(file);
	while ((length = fread(piece, 1, sizeof(piece), file)) > 0)
		crypto_hash_sha256_update(&state, piece, length);
	crypto_hash_sha256_final(&state, hash);
	sodium_bin2hex(ret_hex, SECRET_HASH_HEX, hash, sizeof(hash));
	rewind(file);
}

void secret_hmac_sha256(
	const void *key, size_t key_length, const void *bytes, size_t length, uint8_t ret_mac[32])
{
	crypto_auth_hmacsha256_state state;
	crypto_auth_hmacsha256_init(&state, key, key_length);
	crypto_auth_hmacsha256_update(&state, bytes, length);
	crypto_auth_hmacsha256_final(&state, ret_mac);
}

static enum err key_failed(struct ctx *cx, const char *what)
{
	return err_set(cx, ERR_IO, "secret.key", "The key file in the data folder %s: %s.", what,
		strerror(errno));
}

/* Written beside and linked to its name, so that a crash never leaves half a key behind. */
static enum err key_make(struct ctx *cx, const char *path)
{
	uint8_t bytes[SECRET_KEY_BYTES];
	char *new_path = arena_printf(cx->mem, "%s.%ld.new", path, (long)getpid());
	int fd = open(new_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return key_failed(cx, "cannot be made");
	secret_random(bytes, sizeof(bytes));
	bool is_written = write(fd, bytes, sizeof(bytes)) == (ssize_t)sizeof(bytes) && !fsync(fd);
	secret_wipe(bytes, sizeof(bytes));
	is_written = !close(fd) && is_written;
	KILL_POINT("start.key_written");
	bool is_there = is_written && (!link(new_path, path) || errno == EEXIST);
	enum err e = is_there ? OK : key_failed(cx, "cannot be written");
	unlink(new_path);
	return e;
}

enum err secret_key_open(struct ctx *cx, const char *path, struct secret_key **ret_key)
{
	if (access(path, F_OK) != 0) {
		enum err e = key_make(cx, path);
		if (e)
			return e;
	}
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return key_failed(cx, "cannot be opened");
	struct secret_key *key = sodium_malloc(sizeof(*key));
	if (!key)
		abort();
	uint8_t more;
	bool is_whole = read(fd, key->bytes, sizeof(key->bytes)) == (ssize_t)sizeof(key->bytes) &&
	                read(fd, &more, 1) == 0;
	close(fd);
	if (!is_whole) {
		sodium_free(key);
		return err_set(cx, ERR_IO, "secret.key",
			"The key file in the data folder does not hold %d bytes. Put the right key "
			"back: what was sealed with it cannot be opened without it.",
			SECRET_KEY_BYTES);
	}
	sodium_mprotect_readonly(key);
	*ret_key = key;
	return OK;
}

void secret_key_close(struct secret_key *key)
{
	sodium_free(key);
}

char *secret_seal(
	struct arena *a, const struct secret_key *key, const char *purpose, const char *plain)
{
	size_t length = strlen(plain);
	uint8_t *box = arena_alloc(a, NONCE_BYTES + length + TAG_BYTES);
	secret_random(box, NONCE_BYTES);
	crypto_aead_xchacha20poly1305_ietf_encrypt(box + NONCE_BYTES, NULL, (const uint8_t *)plain,
		length, (const uint8_t *)purpose, strlen(purpose), NULL, box, key->bytes);
	return arena_printf(
		a, BOX_FORM "%s", text_base64(a, box, NONCE_BYTES + length + TAG_BYTES));
}

enum err secret_unseal(struct ctx *cx, const struct secret_key *key, const char *purpose,
	const char *box, char **ret_plain)
{
	uint8_t *bytes = NULL;
	size_t length = 0;
	bool is_box = box && text_starts_with(box, BOX_FORM) &&
	              !text_base64_decode(cx->mem, box + strlen(BOX_FORM),
			      strlen(box) - strlen(BOX_FORM), &bytes, &length) &&
	              length >= NONCE_BYTES + TAG_BYTES;
	char *plain = arena_alloc(cx->mem, is_box ? length - NONCE_BYTES - TAG_BYTES + 1 : 1);
	if (!is_box || crypto_aead_xchacha20poly1305_ietf_decrypt((uint8_t *)plain, NULL, NULL,
			       bytes + NONCE_BYTES, length - NONCE_BYTES, (const uint8_t *)purpose,
			       strlen(purpose), bytes, key->bytes))
		return err_set(cx, ERR_INVALID, "secret.box",
			"A sealed secret (%s) does not open. Was the key file in the data folder "
			"exchanged? Put the old one back, or enter the secret again.",
			purpose);
	*ret_plain = plain;
	return OK;
}

char *secret_derive(
	struct arena *a, const struct secret_key *key, const char *purpose, const char *text)
{
	crypto_auth_hmacsha256_state state;
	uint8_t mac[crypto_auth_hmacsha256_BYTES];
	char out[sodium_base64_ENCODED_LEN(sizeof(mac), sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
	crypto_auth_hmacsha256_init(&state, key->bytes, sizeof(key->bytes));
	/* The NUL between them keeps ("ab", "c") and ("a", "bc") apart. */
	crypto_auth_hmacsha256_update(&state, (const uint8_t *)purpose, strlen(purpose) + 1);
	crypto_auth_hmacsha256_update(&state, (const uint8_t *)text, strlen(text));
	crypto_auth_hmacsha256_final(&state, mac);
	sodium_bin2base64(
		out, sizeof(out), mac, sizeof(mac), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return arena_strdup(a, out);
}

enum err secret_password_hash(struct ctx *cx, const char *password, char **ret_hash)
{
	char hash[crypto_pwhash_STRBYTES];
	if (crypto_pwhash_str(hash, password, strlen(password), PASSWORD_PASSES, PASSWORD_MEMORY))
		return err_set(cx, ERR_LIMITED, "secret.memory",
			"There is not enough memory to hash a password. Try again.");
	*ret_hash = arena_strdup(cx->mem, hash);
	return OK;
}

bool secret_password_verify(const char *hash, const char *password)
{
	return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}

bool secret_password_is_old(const char *hash)
{
	return crypto_pwhash_str_needs_rehash(hash, PASSWORD_PASSES, PASSWORD_MEMORY) != 0;
}
