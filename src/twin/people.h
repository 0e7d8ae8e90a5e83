/* people.h - the simulated persons: whom the twin has heard of, by mail address or serial number.
 *
 * A person is known when mail came for an address, when a command came for a serial number, or when
 * the control API named them. Naming both joins a mailbox and devices into one person.
 */
#pragma once

#include <stddef.h>

#include "twin/map.h"

struct json_writer;

#define PERSON_SERIALS 8

struct person {
	char *name;  /* or NULL */
	char *email; /* lower case, or NULL */
	char *serials[PERSON_SERIALS];
	size_t serial_count;
};

struct people {
	struct map by_key; /* e-mail and each serial */
	struct person **all;
	size_t count, capacity;
};

void people_fini(struct people *p); /* empty then */

struct person *people_meet_email(struct people *p, const char *email);
struct person *people_meet_serial(struct people *p, const char *serial);
/* Names a person; either of email and serial may be NULL. Devices that were a person of their own
 * move here. */
struct person *people_name(struct people *p, const char *name, const char *email,
	const char *const *serials, size_t count);
struct person *people_find(const struct people *p, const char *key);
/* The e-mail, else the first serial. */
const char *person_key(const struct person *person);
