#include "net/curl_start.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>

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
