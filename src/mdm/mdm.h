/* mdm.h - handing a command to a device through whatever MDM server manages it.
 *
 * A connector is a small table of functions; each kind of MDM server has one, found by its name.
 * A new one is a file with such a table, and a line in mdm.c.
 */
#pragma once

#include "base/err.h"

struct ctx;
struct http_client;

enum mdm_outcome {
	MDM_TAKEN,   /* the device has it, or the MDM keeps it for the device */
	MDM_LATER,   /* this device cannot take it at present */
	MDM_REFUSED, /* the device or the MDM does not take it */
	MDM_DOWN,    /* the MDM itself is not there, or does not let us in: wait with everything */
	MDM_UNKNOWN, /* broke after the command was sent, before the answer */
};

struct mdm_result {
	enum mdm_outcome outcome;
	const char *words; /* for a human, in cx->mem; never NULL */
};

struct mdm_connector {
	const char *name; /* as it is set up: "http" */
	/* Asks the device to show an invitation (InviteToProgram). uuid is the CommandUUID, the same
	 * when the command is repeated. Always fills ret_result. */
	void (*invite)(struct ctx *cx, struct http_client *client, const char *url,
		const char *serial_number, const char *uuid, const char *link,
		struct mdm_result *ret_result);
};

/* NULL: there is none of that name. */
const struct mdm_connector *mdm_find(const char *name);

/* The InviteToProgram command as a property list, in cx->mem. */
char *mdm_invite_command(struct ctx *cx, const char *uuid, const char *link);
