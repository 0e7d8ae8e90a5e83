#include "domain/access_throttle.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>

#include "base/ctx.h"
#include "store/sign_in_failures.h"

#define FREE_FAILURES     5
#define FIRST_WAIT_MS     1000
#define LONGEST_WAIT_MS   (15 * 60 * 1000LL)
#define ADDRESS_FAILURES  20
#define ADDRESS_WINDOW_MS (15 * 60 * 1000LL)
/* A pair begins anew when nothing failed for a day. */
#define PAIR_WINDOW_MS (24 * 3600 * 1000LL)

int64_t access_throttle_wait_ms(int64_t failures)
{
	if (failures < FREE_FAILURES)
		return 0;
	int64_t doublings = failures - FREE_FAILURES;
	if (doublings > 10)
		return LONGEST_WAIT_MS;
	int64_t wait = FIRST_WAIT_MS << doublings;
	return wait < LONGEST_WAIT_MS ? wait : LONGEST_WAIT_MS;
}

const char *access_throttle_network(struct ctx *cx, const char *address)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	unsigned char b[16] = { 0 };
	char text[INET6_ADDRSTRLEN];
	if (inet_pton(AF_INET6, address, b) == 1) {
		if (memcmp(b, mapped, sizeof(mapped)) == 0)
			return arena_printf(cx->mem, "%d.%d.%d.0/24", b[12], b[13], b[14]);
		memset(b + 7, 0, 9);
		inet_ntop(AF_INET6, b, text, sizeof(text));
		return arena_printf(cx->mem, "%s/56", text);
	}
	if (inet_pton(AF_INET, address, b) == 1)
		return arena_printf(cx->mem, "%d.%d.%d.0/24", b[0], b[1], b[2]);
	return address;
}

static const char *peer(const struct ctx *cx)
{
	return cx->actor.from ? cx->actor.from : "";
}

static const char *pair_key(struct ctx *cx, const char *name_key)
{
	return arena_printf(cx->mem, "name %s %s", name_key, access_throttle_network(cx, peer(cx)));
}

static const char *address_key(struct ctx *cx)
{
	return arena_printf(cx->mem, "address %s", peer(cx));
}

static enum err must_wait(struct ctx *cx, int64_t ms)
{
	enum err e = err_set(cx, ERR_LIMITED, "session.wait",
		"Too many failures to sign in. Try again after %" PRId64 " s.", (ms + 999) / 1000);
	cx->error.retry_after_ms = ms;
	return e;
}

enum err access_throttle_check(struct db *db, struct ctx *cx, const char *name_key, int64_t now)
{
	struct sign_in_failures pair, address;
	enum err e =
		sign_in_failures_get(db, cx, pair_key(cx, name_key), now - PAIR_WINDOW_MS, &pair);
	if (!e)
		e = sign_in_failures_get(
			db, cx, address_key(cx), now - ADDRESS_WINDOW_MS, &address);
	if (e)
		return e;
	int64_t until = pair.last_at + access_throttle_wait_ms(pair.failures);
	if (address.failures >= ADDRESS_FAILURES && address.last_at + ADDRESS_WINDOW_MS > until)
		until = address.last_at + ADDRESS_WINDOW_MS;
	return until > now ? must_wait(cx, until - now) : OK;
}

enum err access_throttle_failed(struct db *db, struct ctx *cx, const char *name_key, int64_t now)
{
	enum err e =
		sign_in_failures_add(db, cx, pair_key(cx, name_key), now - PAIR_WINDOW_MS, now);
	if (!e)
		e = sign_in_failures_add(db, cx, address_key(cx), now - ADDRESS_WINDOW_MS, now);
	return e ? e : sign_in_failures_sweep(db, cx, now - PAIR_WINDOW_MS);
}

enum err access_throttle_forgive(struct db *db, struct ctx *cx, const char *name_key)
{
	return sign_in_failures_clear(db, cx, pair_key(cx, name_key));
}
