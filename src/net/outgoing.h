/* outgoing.h - to which addresses the process connects at all.
 *
 * A mail server or an MDM is usually a private address, on this machine even, so those are fine. What is
 * never one is refused, whoever asked and whatever name led to it: link-local addresses and those at
 * which the clouds hand out their machines' credentials, multicast, and "no address". It is looked at
 * when the socket opens, so that no name can be answered differently in between.
 */
#pragma once

#include <curl/curl.h>
#include <stdbool.h>

struct sockaddr;

bool outgoing_is_refused(const struct sockaddr *address);
/* For CURLOPT_OPENSOCKETFUNCTION. */
curl_socket_t outgoing_socket(void *cls, curlsocktype purpose, struct curl_sockaddr *address);
