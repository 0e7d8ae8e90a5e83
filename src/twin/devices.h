/* devices.h - the simulated MDM and its devices: a command comes in, the device shows it.
 *
 * POST /mdm/commands/{serial} hands a command over; the answer tells at once what the device said
 * ("Acknowledged", "NotNow", "Error"), as if the MDM had waited for it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "twin/map.h"

struct ctx;
struct json;
struct json_writer;

enum device_mode { DEVICE_ANSWERS, DEVICE_NOT_NOW, DEVICE_ERROR, DEVICE_DOWN };

struct device_command {
	uint64_t number;
	int64_t at;
	char *uuid, *request_type;
	char *invitation_url; /* NULL when it is another command */
	const char *status;   /* static: what the device said */
	struct device_command *older;
};

struct device {
	char *serial;
	char udid[37];
	enum device_mode mode;
	bool has_mode; /* of its own; else the mode of all */
	struct device_command *newest;
	size_t command_count;
};

struct devices {
	struct map by_serial;
	struct device **all;
	size_t count, capacity;
	enum device_mode mode;
	uint64_t commands;
};

void devices_fini(struct devices *d); /* empty then, answering */

struct random;
struct device *devices_get(struct devices *d, struct random *random, const char *serial);
enum device_mode device_mode_of(const struct devices *d, const struct device *device);
bool device_mode_read(const char *name, enum device_mode *ret_mode);
const char *device_mode_name(enum device_mode mode);

/* Reads the command and shows it on the device. ERR_INVALID says what is wrong with it.
 * ret_command's status is what the device answered. */
must_check enum err devices_command(struct devices *d, struct random *random, struct ctx *cx,
	int64_t now, const char *serial, const char *body, size_t length,
	struct device_command **ret_command);
/* The answer as the device would send it, XML in cx->mem. */
char *device_answer(
	struct ctx *cx, const struct device *device, const struct device_command *command);
void devices_write(const struct devices *d, size_t after, size_t limit, struct json_writer *w);
