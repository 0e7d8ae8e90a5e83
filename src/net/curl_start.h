/* curl_start.h - libcurl's process-wide beginning, once, whoever comes first. */
#pragma once

void curl_start(void);
