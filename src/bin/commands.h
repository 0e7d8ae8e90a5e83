/* commands.h - the words after `pomona`, and what a command gives back to the shell. */
#pragma once

#include "base/err.h"

struct ctx;

enum exit_code { EXIT_FINE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* argc and argv begin after the command's own word. */
int serve_main(int argc, char **argv);
int token_main(int argc, char **argv);
int verify_main(int argc, char **argv);
int backup_main(int argc, char **argv);

/* Says on stderr what went wrong, and gives the exit code for it. */
int command_failed(struct ctx *cx, enum err e);
