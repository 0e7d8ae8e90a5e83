/* smtp_sink.h - the mail server that keeps everything: plain SMTP, no sign-in asked for, none
 * refused (AUTH PLAIN and LOGIN are accepted with any password). */
#pragma once

struct tcp_conn;

/* Serves one connection; app is the twin. */
void smtp_sink_serve(void *app, struct tcp_conn *conn);
