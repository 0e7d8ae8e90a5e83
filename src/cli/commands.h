/* commands.h - what a command is given, and the handlers of commands.def. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

struct cli;
struct http_client;
struct json;

#define CLI_MAX_ARGUMENTS 1024

struct cli_command {
	const char *words; /* "people list" */
	const char *usage; /* "[--filter KEY=VALUE...]" */
	const char *help;
	int (*run)(struct cli *c);
};

struct cli_option {
	const char *name, *value; /* "--limit", "20"; value NULL: a flag */
};

struct cli {
	struct ctx cx;
	struct http_client *http;
	const char *server, *token;
	bool as_json;
	const struct cli_command *command;
	const char *words[CLI_MAX_ARGUMENTS]; /* bare arguments */
	size_t word_count;
	struct cli_option options[CLI_MAX_ARGUMENTS];
	size_t option_count;
};

#define COMMAND(words, run, usage, help) int run(struct cli *c);
#include "cli/commands.def"
#undef COMMAND

/* The last value of an option, or NULL; is it there; its values one by one (NULL at the end). */
const char *cli_option(const struct cli *c, const char *name);
bool cli_has(const struct cli *c, const char *name);
const char *cli_option_at(const struct cli *c, const char *name, size_t index);

/* Says what was wrong on stderr and gives code. */
int cli_complain(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Asks on the terminal unless --yes was given; false: do not. Without a terminal --yes is needed. */
bool cli_confirmed(const struct cli *c, const char *question);
/* A whole file, at most max bytes, in cx->mem; "-" is stdin. NULL: it complained. */
const char *cli_read_file(struct cli *c, const char *path, size_t max, size_t *ret_length);
