/* apple-twin - the simulator of Apple's service, with a mail sink and a simulated MDM. */
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"
#include "twin/twin.h"

static const char help[] =
	"apple-twin: a stand-in for Apple's Apps and Books service, in memory.\n"
	"\n"
	"  --listen ADDR:PORT    Apple's side, under /twin/mdm/v2  (127.0.0.1:0)\n"
	"  --control ADDR:PORT   control API, people's pages, MDM  (127.0.0.1:0)\n"
	"  --smtp ADDR:PORT      mail sink                         (127.0.0.1:0)\n"
	"  --port-file FILE      gets the lines apple=, control=, smtp=\n"
	"  --seed N              repeats a run's chances; printed when it starts\n"
	"  --calm                nothing goes wrong that was not asked for\n"
	"  --empty               without the ready-made location\n"
	"  --state FILE          keeps the world from the end of a run to the next\n"
	"  --help, --version\n"
	"\n"
	"Without --calm it is unkind: see docs/twin.md.\n";

static enum err read_options(
	struct ctx *cx, int argc, char **argv, struct twin_options *o, const char **ret_port_file)
{
	static const struct option options[] = { { "listen", required_argument, NULL, 'l' },
		{ "control", required_argument, NULL, 'c' },
		{ "smtp", required_argument, NULL, 'm' },
		{ "port-file", required_argument, NULL, 'p' },
		{ "seed", required_argument, NULL, 's' }, { "state", required_argument, NULL, 't' },
		{ "calm", no_argument, NULL, 'k' }, { "empty", no_argument, NULL, 'e' },
		{ "help", no_argument, NULL, 'h' }, { "version", no_argument, NULL, 'v' }, { 0 } };
	int64_t seed;
	int option;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'l':
			o->listen = optarg;
			break;
		case 'c':
			o->control = optarg;
			break;
		case 'm':
			o->smtp = optarg;
			break;
		case 'p':
			*ret_port_file = optarg;
			break;
		case 's':
			if (text_parse_i64(optarg, 0, INT64_MAX, &seed))
				return err_set(cx, ERR_INVALID, "twin.seed",
					"--seed takes a whole number, not %s.", optarg);
			o->seed = (uint64_t)seed;
			break;
		case 't':
			o->state_path = optarg;
			break;
		case 'k':
			o->is_calm = true;
			break;
		case 'e':
			o->is_empty = true;
			break;
		case 'h':
			fputs(help, stdout);
			exit(0);
		case 'v':
			puts("apple-twin " POMONA_VERSION);
			exit(0);
		default:
			return err_set(cx, ERR_INVALID, "twin.option", "See apple-twin --help.");
		}
	}
	if (optind < argc)
		return err_set(cx, ERR_INVALID, "twin.option", "What is %s? See apple-twin --help.",
			argv[optind]);
	return OK;
}

/* Whole or not at all: who waits for the file must not read half of it. */
static enum err write_ports(struct ctx *cx, const struct twin *twin, const char *path)
{
	const char *part = arena_printf(cx->mem, "%s.part", path);
	FILE *f = fopen(part, "we");
	if (!f)
		return err_set(
			cx, ERR_IO, "twin.port_file", "The port file cannot be written: %m.");
	fprintf(f, "apple=%d\ncontrol=%d\nsmtp=%d\n", twin_port(twin, "apple"),
		twin_port(twin, "control"), twin_port(twin, "smtp"));
	if (fclose(f) || rename(part, path))
		return err_set(
			cx, ERR_IO, "twin.port_file", "The port file cannot be written: %m.");
	return OK;
}

int main(int argc, char **argv)
{
	struct twin_options options = {
		.listen = "127.0.0.1:0", .control = "127.0.0.1:0", .smtp = "127.0.0.1:0"
	};
	const char *port_file = NULL;
	struct twin *twin = NULL;
	sigset_t ends;
	int signal_number;
	log_init();
	secret_init();
	CTX_AUTO(cx);
	secret_random(&options.seed, 4);
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &ends, NULL); /* the threads inherit it; main waits for them */
	signal(SIGPIPE, SIG_IGN);
	enum err e = read_options(&cx, argc, argv, &options, &port_file);
	if (!e)
		e = twin_start(&cx, &options, &twin);
	if (!e && port_file)
		e = write_ports(&cx, twin, port_file);
	if (e) {
		fprintf(stderr, "apple-twin: %s\n", cx.error.sentence);
		twin_stop(twin);
		return e == ERR_INVALID ? 2 : 1;
	}
	printf("Apple's side  http://127.0.0.1:%d"
	       "/twin/mdm/v2\n",
		twin_port(twin, "apple"));
	printf("control       http://127.0.0.1:%d/\n", twin_port(twin, "control"));
	printf("mail          127.0.0.1:%d\n", twin_port(twin, "smtp"));
	printf("seed          %" PRIu64 "%s\n", options.seed, options.is_calm ? " (calm)" : "");
	fflush(stdout);
	sigwait(&ends, &signal_number);
	twin_stop(twin);
	return 0;
}
