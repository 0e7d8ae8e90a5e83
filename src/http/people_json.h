/* people_json.h - the one shape of a person in the API. */
#pragma once

struct json_writer;
struct person;

void people_to_json(struct json_writer *w, const char *key, const struct person *person);
