/* tcp_listener.h - a plain line-based TCP server for the twin's mail sink.
 *
 * One thread per connection, at most 32 at once, lines of at most 4 KiB.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;
struct tcp_listener;
struct tcp_conn;

struct tcp_listener_options {
	const char *listen;                              /* "127.0.0.1:0" */
	void (*serve)(void *app, struct tcp_conn *conn); /* returns when the conversation is over */
	void *app;
};

must_check enum err tcp_listener_start(struct ctx *cx, const struct tcp_listener_options *options,
	struct tcp_listener **ret_listener);
int tcp_listener_port(const struct tcp_listener *listener);
void tcp_listener_stop(struct tcp_listener *listener); /* accepts NULL */

/* The next line without its CRLF, valid until the next call; NULL at the end or after 60 s. */
const char *tcp_conn_line(struct tcp_conn *conn, size_t *ret_length);
void tcp_conn_write(struct tcp_conn *conn, const char *bytes, size_t length);
