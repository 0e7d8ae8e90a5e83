#include "net/outgoing.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static bool is_refused_v4(uint32_t a)
{
	return a >> 16 == 0xa9fe || /* 169.254.0.0/16: link-local, most clouds' metadata */
	       a == 0x646464c8 ||   /* 100.100.100.200: metadata too */
	       a >> 24 == 0 ||      /* 0.0.0.0/8: no address */
	       a >> 28 >= 0xe;      /* 224.0.0.0 and above: multicast, broadcast */
}

static bool is_refused_v6(const struct in6_addr *a)
{
	/* fd00:ec2::254: metadata */
	static const unsigned char metadata[16] = { 0xfd, 0x00, 0x0e, 0xc2, [14] = 0x02, 0x54 };
	uint32_t v4;
	memcpy(&v4, a->s6_addr + 12, sizeof(v4));
	if (IN6_IS_ADDR_V4MAPPED(a))
		return is_refused_v4(ntohl(v4));
	return IN6_IS_ADDR_LINKLOCAL(a) || IN6_IS_ADDR_MULTICAST(a) || IN6_IS_ADDR_UNSPECIFIED(a) ||
	       !memcmp(a->s6_addr, metadata, sizeof(metadata));
}

bool outgoing_is_refused(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET)
		return is_refused_v4(ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr));
	if (address->sa_family == AF_INET6)
		return is_refused_v6(&((const struct sockaddr_in6 *)address)->sin6_addr);
	return true;
}

curl_socket_t outgoing_socket(void *cls, curlsocktype purpose, struct curl_sockaddr *address)
{
	(void)cls;
	(void)purpose;
	if (outgoing_is_refused(&address->addr)) {
		errno = EACCES;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}
