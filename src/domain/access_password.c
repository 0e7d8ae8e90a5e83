#include "domain/access_password.h"

#include <pthread.h>
#include <string.h>

#include "base/ctx.h"
#include "base/secret.h"
#include "base/text.h"
#include "domain/access.h"
#include "domain/app.h"

#define BOX_PURPOSE "admin.password"

/* --- the gate ------------------------------------------------------------------------------- */

#define RUNNING_MAX 2
#define WAITING_MAX 20

/* Memory is the process's, so the gate is too. */
static struct {
	pthread_mutex_t lock; /* guards the two counts */
	pthread_cond_t left;
	int running, waiting;
} gate = { .lock = PTHREAD_MUTEX_INITIALIZER, .left = PTHREAD_COND_INITIALIZER };

static enum err gate_enter(struct ctx *cx)
{
	bool is_in = false;
	pthread_mutex_lock(&gate.lock);
	if (gate.waiting < WAITING_MAX) {
		gate.waiting++;
		while (gate.running >= RUNNING_MAX)
			pthread_cond_wait(&gate.left, &gate.lock);
		gate.waiting--;
		gate.running++;
		is_in = true;
	}
	pthread_mutex_unlock(&gate.lock);
	if (is_in)
		return OK;
	enum err e = err_set(cx, ERR_LIMITED, "session.busy",
		"Too many people are signing in at this moment. Try again in a few seconds.");
	cx->error.retry_after_ms = 3000;
	return e;
}

static void gate_leave(void)
{
	pthread_mutex_lock(&gate.lock);
	gate.running--;
	pthread_cond_signal(&gate.left);
	pthread_mutex_unlock(&gate.lock);
}

/* --- hashing -------------------------------------------------------------------------------- */

/* Of a random text that nobody kept, at the cost of every other. */
#ifdef POMONA_TEST_BUILD
static const char nobodys_hash[] = "$argon2id$v=19$m=8,t=1,p=1$tvxr0vTS0+eqMEO2EAFjqQ$"
				   "SL5t5m2k3YwXTVF1gD2im1UiWyheU7GfwNCda4FVNdc";
#else
static const char nobodys_hash[] = "$argon2id$v=19$m=65536,t=3,p=1$RdJtUY6F25qegFCvGO1MaA$"
				   "8OSLh60TuhYtFJRulBanRhN4bSafqvrcrWbNlb06Q6w";
#endif

enum err access_password_box(struct app *app, struct ctx *cx, const char *password, char **ret_box)
{
	char *hash;
	enum err e = gate_enter(cx);
	if (e)
		return e;
	e = secret_password_hash(cx, text_nfc(cx->mem, password), &hash);
	gate_leave();
	if (!e)
		*ret_box = secret_seal(cx->mem, app->key, BOX_PURPOSE, hash);
	return e;
}

enum err access_password_fits(
	struct app *app, struct ctx *cx, const char *box, const char *password, bool *ret_fits)
{
	char *hash = NULL;
	enum err e = box ? secret_unseal(cx, app->key, BOX_PURPOSE, box, &hash) : OK;
	if (!e)
		e = gate_enter(cx);
	if (e)
		return e;
	bool fits = secret_password_verify(hash ? hash : nobodys_hash, text_nfc(cx->mem, password));
	gate_leave();
	*ret_fits = fits && hash;
	return OK;
}

bool access_password_is_old(struct app *app, struct ctx *cx, const char *box)
{
	char *hash = NULL;
	return secret_unseal(cx, app->key, BOX_PURPOSE, box, &hash) == OK &&
	       secret_password_is_old(hash);
}

/* --- what will do ----------------------------------------------------------------------------- */

/* Words that a guesser tries first, here above all. Folded. */
static const char *const guessed_words[] = { "pomona", "password", "passwort", "passphrase",
	"administrator", "admin", "owner", "operator", "auditor", "appleschoolmanager",
	"applebusinessmanager", "schoolmanager", "businessmanager", "appsandbooks", "apple",
	"volume", "purchase", "vpp", "mdm", "school", "welcome", "willkommen", "letmein",
	"iloveyou", "changeme", "qwertyuiop", "qwertzuiop", "qwerty", "qwertz", "azerty",
	"asdfghjkl", "asdf", "zxcvbnm", "yxcvbnm", "abcdefghijklmnopqrstuvwxyz", "abcdef",
	"correcthorsebatterystaple", "thisisapassword", "mynameis", "football", "baseball",
	"princess", "sunshine", "dragon", "monkey", "master", "superman", "batman", "trustno",
	"secret", "default", "company", "user", "test", NULL };

#define LEFT_CHARS_MIN  6
#define DIFFERENT_MIN   5
#define NAME_PART_CHARS 3

static size_t count_chars(const char *s)
{
	size_t n = 0;
	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

/* Letters only: guessers put digits and marks around words. Bytes above ASCII are letters here. */
static char *letters_of(struct ctx *cx, const char *folded)
{
	char *letters = arena_strdup(cx->mem, folded), *to = letters;
	for (const char *from = folded; *from; from++)
		if ((*from >= 'a' && *from <= 'z') || (unsigned char)*from >= 0x80)
			*to++ = *from;
	*to = '\0';
	return letters;
}

static char *without(struct ctx *cx, char *letters, const char *word)
{
	if (!word || count_chars(word) < NAME_PART_CHARS)
		return letters;
	return text_replace(cx->mem, letters, word, "");
}

static int count_different(const char *s)
{
	bool seen[256] = { false };
	int n = 0;
	for (; *s; s++) {
		n += !seen[(unsigned char)*s];
		seen[(unsigned char)*s] = true;
	}
	return n;
}

/* What is left when everything that can be guessed is taken away. */
static bool is_guessable(struct ctx *cx, const char *password, const char *name, const char *email)
{
	char *left = letters_of(cx, text_fold(cx->mem, password));
	left = without(cx, left, name ? letters_of(cx, text_fold(cx->mem, name)) : NULL);
	if (email && strchr(email, '@')) {
		char *local = arena_strndup(cx->mem, email, (size_t)(strchr(email, '@') - email));
		left = without(cx, left, letters_of(cx, text_fold(cx->mem, local)));
	}
	for (const char *const *word = guessed_words; *word; word++)
		left = without(cx, left, *word);
	return count_chars(left) < LEFT_CHARS_MIN || count_different(left) < DIFFERENT_MIN;
}

enum err access_password_check(
	struct ctx *cx, const char *password, const char *name, const char *email)
{
	size_t bytes = strlen(password);
	if (bytes > ACCESS_PASSWORD_BYTES_MAX || !text_is_clean(password, bytes, false))
		return err_set_field(cx, ERR_INVALID, "password.unusable", "/password",
			"The password is longer than %d bytes or holds control characters.",
			ACCESS_PASSWORD_BYTES_MAX);
	size_t chars = count_chars(text_nfc(cx->mem, password));
	if (chars < ACCESS_PASSWORD_CHARS_MIN)
		return err_set_field(cx, ERR_INVALID, "password.short", "/password",
			"The password has %zu characters; it needs at least %d. A few words that "
			"do "
			"not belong together are easy to remember.",
			chars, ACCESS_PASSWORD_CHARS_MIN);
	if (chars > ACCESS_PASSWORD_CHARS_MAX)
		return err_set_field(cx, ERR_INVALID, "password.long", "/password",
			"The password has %zu characters; %d are the most.", chars,
			ACCESS_PASSWORD_CHARS_MAX);
	if (is_guessable(cx, password, name, email))
		return err_set_field(cx, ERR_INVALID, "password.guessable", "/password",
			"The password is mostly digits, repetition, your name, or words that "
			"guessers try first. Choose a few words that do not belong together.");
	return OK;
}
