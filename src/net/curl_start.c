#include "net/curl_start.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/ctx.h"
#include "base/text.h"

static void start(void)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		abort();
}

void curl_start(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, start);
}

const char *curl_words(struct ctx *cx, const char *buffer, CURLcode result)
{
	char *words = text_readable(
		cx->mem, *buffer ? buffer : curl_easy_strerror(result), CURL_ERROR_SIZE);
	char *number = strstr(words, " (errno"); /* says nothing to an admin */
	if (number)
		*number = '\0';
	return words;
}
