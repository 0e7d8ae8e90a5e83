/* client_config.h - what Apple knows of a location's owner: its name, its mark, its hook. */
#pragma once

#include <stddef.h>

#include "apple/client.h"

struct apple_client_config {
	const char *uid;
	const char *location_name;
	const char *country;  /* two letters */
	const char *platform; /* enterprisestore, volumestore */
	const char *website;
	const char *notification_url; /* the secret beside it is never kept from an answer */
};

/* What we write. Apple wants URL, secret and types together; hook_url NULL leaves them out. */
struct apple_client_config_set {
	const char *mdm_id, *mdm_name, *mdm_metadata;
	const char *hook_url, *hook_secret;
};

must_check enum err apple_client_config_get(struct apple_session *s, struct ctx *cx,
	struct apple_reply *ret_reply, struct apple_client_config *ret_config);
/* Cuts name and metadata to Apple's live limits. Sent to a foreign owner's location too: taking
 * over is the caller's decision. From here on set->mdm_id is the session's own mark. */
must_check enum err apple_client_config_post(struct apple_session *s, struct ctx *cx,
	const struct apple_client_config_set *set, struct apple_reply *ret_reply);
