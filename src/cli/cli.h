/* cli.h - the command line: a client of the API, so that it can do nothing that the API cannot.
 *
 * commands.def is the tree. The usage text of a row is also what its arguments are parsed by. Answers
 * go to stdout, for people by default and as JSON with --json; everything else goes to stderr.
 */
#pragma once

#include <stdio.h>

/* What a command gives back to the shell. */
enum cli_exit {
	CLI_FINE = 0,
	CLI_FAILED = 1,    /* a job that failed or left something undone; anything unforeseen */
	CLI_USAGE = 2,     /* the command or its input was wrong (400, 413) */
	CLI_DENIED = 3,    /* not signed in, or not allowed (401, 403) */
	CLI_NOT_FOUND = 4, /* 404 */
	CLI_CONFLICT = 5,  /* 409 */
	CLI_AWAY = 6,      /* the server was not reached, or could not (5xx) */
};

/* argv begins with the command's first word. */
int cli_main(int argc, char **argv);
/* One line per command. */
void cli_help(FILE *out);
