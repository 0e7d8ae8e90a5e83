/* The event stream as a browser hears it: newest state, few events, an end when the rights end. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../unit.h"
#include "base/clock.h"
#include "domain/events.h"
#include "door.h"
#include "net/http_server.h"

#define PATIENCE_SECONDS 10

/* A listener on its own socket, read line by line. */
static FILE *listen_as(struct door *d, enum role role)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)http_server_port(d->server)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval limit = { .tv_sec = PATIENCE_SECONDS };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	dprintf(fd, "GET /api/v1/events HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer %s\r\n\r\n",
		d->tokens[role]);
	FILE *stream = fdopen(fd, "re");
	assert_non_null(stream);
	return stream;
}

/* Reads on until a line begins so; false at the end. */
static bool read_until(FILE *stream, const char *begin, char line[512])
{
	while (fgets(line, 512, stream))
		if (!strncmp(line, begin, strlen(begin)))
			return true;
	return false;
}

static void assert_listening(FILE *stream)
{
	char line[512];
	assert_true(read_until(stream, "HTTP/1.1 ", line));
	assert_non_null(strstr(line, "200"));
	assert_true(read_until(stream, "retry:", line));
}

static void test_newest_state_arrives_and_not_too_often(void **state)
{
	struct door *d = *state;
	FILE *stream = listen_as(d, ROLE_AUDITOR);
	char line[512];
	int64_t begun_ms = clock_mono_ms();
	int heard = 0, done = 0;
	assert_listening(stream);
	for (int i = 1; i <= 200; i++)
		events_post(&d->app, "job", 7, arena_printf(d->cx.mem, "{\"done\":%d}", i));
	while (done != 200 && read_until(stream, "data: ", line)) {
		assert_int_equal(sscanf(line, "data: {\"done\":%d}", &done), 1);
		heard++;
	}
	assert_int_equal(done, 200);
	assert_true(heard <= 2 + (clock_mono_ms() - begun_ms) / 250);
	fclose(stream);
}

static void test_events_of_others_are_not_replaced(void **state)
{
	struct door *d = *state;
	FILE *stream = listen_as(d, ROLE_ADMIN);
	char line[512];
	bool seen[3] = { false };
	assert_listening(stream);
	for (int subject = 0; subject < 3; subject++)
		events_post(
			&d->app, "job", subject, arena_printf(d->cx.mem, "{\"id\":%d}", subject));
	while (!(seen[0] && seen[1] && seen[2]) && read_until(stream, "data: ", line))
		seen[line[strlen("data: {\"id\":")] - '0'] = true;
	assert_true(seen[0] && seen[1] && seen[2]);
	fclose(stream);
}

static void test_one_stream_too_many_ends_the_oldest(void **state)
{
	struct door *d = *state;
	FILE *streams[EVENTS_PER_OWNER + 1];
	char line[512];
	for (int i = 0; i <= EVENTS_PER_OWNER; i++) {
		streams[i] = listen_as(d, ROLE_OPERATOR);
		assert_listening(streams[i]);
	}
	assert_true(read_until(streams[0], "0\r", line)); /* the last chunk, which is empty */
	events_post(&d->app, "job", 8, "{\"id\":8}");
	for (int i = 1; i <= EVENTS_PER_OWNER; i++)
		assert_true(read_until(streams[i], "data: {\"id\":8}", line));
	for (int i = 0; i <= EVENTS_PER_OWNER; i++)
		fclose(streams[i]);
}

static void test_revoked_token_hears_no_more(void **state)
{
	struct door *d = *state;
	FILE *stream = listen_as(d, ROLE_OWNER);
	char line[512];
	assert_listening(stream);
	/* The tokens were made in the order of the roles. */
	struct http_answer a = door_ask_as(d, ROLE_OWNER, "DELETE",
		arena_printf(d->cx.mem, "/api/v1/api-tokens/%d", ROLE_OWNER), NULL);
	assert_int_equal(a.status, 204);
	/* The last chunk of the answer, which is empty. */
	assert_true(read_until(stream, "0\r", line));
	fclose(stream);
}

static int setup(void **state)
{
	static struct door door;
	door_open(&door);
	*state = &door;
	return 0;
}

static int teardown(void **state)
{
	door_close(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_newest_state_arrives_and_not_too_often),
		cmocka_unit_test(test_events_of_others_are_not_replaced),
		cmocka_unit_test(test_one_stream_too_many_ends_the_oldest),
		cmocka_unit_test(test_revoked_token_hears_no_more),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
