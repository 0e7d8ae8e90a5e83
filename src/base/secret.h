/* secret.h - random bytes, keys, sealing at rest, passwords. libsodium is known here alone.
 *
 * Secrets are never formatted into a log or an error. secret_init must be called once, first.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

struct arena;
struct ctx;

#define SECRET_KEY_BYTES 32
#define SECRET_HASH_HEX  65 /* 64 hex digits and the NUL */

/* The key that seals what is kept at rest; lives in guarded memory. */
struct secret_key;

void secret_init(void);

void secret_random(void *bytes, size_t length);
/* Random text of url-safe characters, about 6 bits each; and a version 4 UUID. */
char *secret_token(struct arena *a, size_t characters);
char *secret_uuid(struct arena *a);
/* A code people type: groups of 4 from an alphabet without look-alikes, "K7QM-3FXP-9TRA". */
char *secret_code(struct arena *a, int groups);

bool secret_equal(const char *a, const char *b); /* constant time; NULL equals nothing */
void secret_wipe(void *bytes, size_t length);

/* SHA-256 in hex: how bearer tokens and session ids are stored. */
void secret_hash(const void *bytes, size_t length, char ret_hex[SECRET_HASH_HEX]);
/* Of the whole file, which stands at its beginning afterwards. */
void secret_hash_file(FILE *file, char ret_hex[SECRET_HASH_HEX]);
void secret_hmac_sha256(
	const void *key, size_t key_length, const void *bytes, size_t length, uint8_t ret_mac[32]);

/* Opens the key file (mode 0600, 32 bytes), making it when it is absent. ERR_IO. */
must_check enum err secret_key_open(struct ctx *cx, const char *path, struct secret_key **ret_key);
void secret_key_close(struct secret_key *key); /* wipes; accepts NULL */

/* XChaCha20-Poly1305. purpose is bound to the box ("location.token"), so that one column's box
 * does not open as another's. The box is text (base64). ERR_INVALID when it does not open. */
char *secret_seal(
	struct arena *a, const struct secret_key *key, const char *purpose, const char *plain);
must_check enum err secret_unseal(struct ctx *cx, const struct secret_key *key, const char *purpose,
	const char *box, char **ret_plain);

/* Text of 43 url-safe characters that only this key makes from (purpose, text), and always the same:
 * a secret that need not be stored. */
char *secret_derive(
	struct arena *a, const struct secret_key *key, const char *purpose, const char *text);

/* Argon2id; the hash text holds its own parameters. The test build hashes at the least cost. */
must_check enum err secret_password_hash(struct ctx *cx, const char *password, char **ret_hash);
bool secret_password_verify(const char *hash, const char *password);
/* Was it made with other parameters than a hash made now? */
bool secret_password_is_old(const char *hash);
