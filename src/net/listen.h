/* listen.h - opens a listening socket for the servers of net/. */
#pragma once

#include "base/err.h"

struct ctx;

/* address: "127.0.0.1:8080", "[::1]:0", "localhost:80". Port 0 picks one; ret_port has the real
 * one. ERR_INVALID "listen.address", ERR_IO "http.listen". */
must_check enum err listen_open(
	struct ctx *cx, const char *address, int *ret_socket, int *ret_port);
