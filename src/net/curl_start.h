/* curl_start.h - what both clients need of libcurl: its process-wide beginning, once, whoever comes
 * first, and its words for a failure. */
#pragma once

#include <curl/curl.h>

struct ctx;

void curl_start(void);
/* What went wrong, for an admin to read, in cx->mem: buffer is CURLOPT_ERRORBUFFER's. */
const char *curl_words(struct ctx *cx, const char *buffer, CURLcode result);
