/* pomona - server and command line. `serve` and `token` work on the host itself; every other command
 * is a client of the API (cli/). */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"
#include "bin/commands.h"
#include "cli/cli.h"

static int help_main(int argc, char **argv);
static int version_main(int argc, char **argv);

static const struct {
	const char *word;
	int (*main)(int argc, char **argv);
	const char *help;
} commands[] = {
	{ "serve", serve_main, "the server: portal, API and background work" },
	{ "token", token_main, "token create: an API token, made on the host itself" },
	{ "verify", verify_main, "is the audit trail as it was written?" },
	{ "backup", backup_main, "a copy of the database, while the server goes on" },
	{ "help", help_main, "this text" },
	{ "version", version_main, "the version" },
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void print_help(FILE *out)
{
	fputs("usage: pomona COMMAND [OPTIONS]\n\nOn the server's host:\n", out);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "  %-22s %s\n", commands[i].word, commands[i].help);
	fputs("\nFrom anywhere, through the API (--server URL --token TOKEN, or POMONA_SERVER and "
	      "POMONA_TOKEN):\n",
		out);
	cli_help(out);
	fputs("\n`pomona COMMAND --help` says more about one of them.\n", out);
}

static int help_main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	print_help(stdout);
	return EXIT_FINE;
}

static int version_main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	puts("pomona " POMONA_VERSION);
	return EXIT_FINE;
}

int command_failed(struct ctx *cx, enum err e)
{
	const char *sentence = cx->error.sentence;
	fprintf(stderr, "pomona: %s\n", sentence ? sentence : err_name(e));
	return e == ERR_INVALID ? EXIT_USAGE : EXIT_FAILED;
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of the write, no death */
	secret_init();
	log_init();
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (text_equal(argv[1], "--help") || text_equal(argv[1], "-h"))
		return help_main(0, NULL);
	if (text_equal(argv[1], "--version"))
		return version_main(0, NULL);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (text_equal(argv[1], commands[i].word))
			return commands[i].main(argc - 2, argv + 2);
	return cli_main(argc - 1, argv + 1);
}
