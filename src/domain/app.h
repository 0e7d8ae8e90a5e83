/* app.h - what the domain and the doors are given: built once in bin/serve.c, then only read.
 *
 * The fields have locks of their own where more than one thread uses them. Nothing here is owned
 * by the domain; bin/serve.c opens and closes it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct apple;
struct audit_watch;
struct db_pool;
struct rate;
struct secret_key;
struct wake;

struct app_settings {
	const char *data_folder;
	const char *apple_url;  /* base of Apple's service, "https://vpp.itunes.apple.com/mdm/v2" */
	const char *public_url; /* how people and Apple reach us; NULL: the listen address */
	const char *mdm_url;    /* of the connector that hands commands to devices; NULL: none */
	const char *smtp; /* "host:port" until an admin sets another mail server; NULL: none */
	int64_t requests_per_minute; /* of each caller; 0: no limit */
	int64_t settle_ms;           /* after a broken write, before we look; 90 s */
	bool cookies_secure;         /* the portal is served over https (also by a proxy) */
};

struct app {
	struct app_settings settings;
	int64_t life; /* tells this process from those before it: when it started */
	struct db_pool *db;
	struct secret_key *key;
	struct apple *apple;        /* Apple's service: its limits, addresses and pacers */
	struct wake *lane_wake;     /* jobs, items, schedules and the inbox have something new */
	struct wake *deliver_wake;  /* invitations are waiting */
	struct wake *import_wake;   /* an import is to be applied */
	struct wake *schedule_wake; /* a schedule was changed */
	struct audit_watch *audit_watch; /* is the trail as it was written? domain/audit_watch.h */
	struct wake *audit_wake;         /* somebody asks that */
	struct rate *rate;               /* how often each caller may ask; NULL: no limit */
	struct events *events; /* live progress for browsers; domain/events.h. May be NULL */
	char setup_code[32];   /* "" once an owner exists */
};
