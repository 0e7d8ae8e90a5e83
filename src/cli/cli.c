#include "cli/cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/commands.h"
#include "net/http_client.h"

static const struct cli_command commands[] = {
#define COMMAND(words, run, usage, help) { words, usage, help, run },
#include "cli/commands.def"
#undef COMMAND
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

void cli_help(FILE *out)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "  %-22s %s\n", commands[i].words, commands[i].help);
}

int cli_complain(int code, const char *format, ...)
{
	va_list args;
	fputs("pomona: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return code;
}

const char *cli_option_at(const struct cli *c, const char *name, size_t index)
{
	for (size_t i = 0; i < c->option_count; i++)
		if (text_equal(c->options[i].name, name) && !index--)
			return c->options[i].value ? c->options[i].value : "";
	return NULL;
}

const char *cli_option(const struct cli *c, const char *name)
{
	const char *value = NULL;
	for (size_t i = 0; i < c->option_count; i++)
		if (text_equal(c->options[i].name, name))
			value = c->options[i].value;
	return value;
}

bool cli_has(const struct cli *c, const char *name)
{
	return cli_option_at(c, name, 0) != NULL;
}

bool cli_confirmed(const struct cli *c, const char *question)
{
	char answer[8] = "";
	if (cli_has(c, "--yes"))
		return true;
	if (!isatty(STDIN_FILENO)) {
		cli_complain(0, "%s Say --yes to go on.", question);
		return false;
	}
	fprintf(stderr, "%s [y/N] ", question);
	return fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

const char *cli_read_file(struct cli *c, const char *path, size_t max, size_t *ret_length)
{
	FILE *file = text_equal(path, "-") ? stdin : fopen(path, "re");
	if (!file) {
		cli_complain(0, "%s cannot be read.", path);
		return NULL;
	}
	size_t capacity = 64 * 1024, length = 0;
	char *bytes = arena_alloc(c->cx.mem, capacity);
	for (size_t got; (got = fread(bytes + length, 1, capacity - length, file)) > 0;) {
		length += got;
		if (length < capacity)
			continue;
		char *more = arena_alloc(c->cx.mem, capacity * 2);
		memcpy(more, bytes, length);
		bytes = more;
		capacity *= 2;
		if (length > max)
			break;
	}
	bool is_bad = ferror(file) || length > max;
	if (length > max)
		cli_complain(0, "%s is larger than %zu bytes.", path, max);
	else if (is_bad)
		cli_complain(0, "%s cannot be read.", path);
	if (file != stdin)
		fclose(file);
	*ret_length = length;
	return is_bad ? NULL : bytes;
}

/* How many of argv's words are the command's; 0: it is another command. */
static int words_matched(const struct cli_command *command, int argc, char **argv)
{
	const char *words = command->words;
	for (int i = 0; i < argc; i++) {
		size_t length = strcspn(words, " ");
		if (strlen(argv[i]) != length || strncmp(argv[i], words, length))
			return 0;
		words += length;
		if (!*words)
			return i + 1;
		words++;
	}
	return 0;
}

static void usage(const struct cli_command *command, FILE *out)
{
	fprintf(out,
		"usage: pomona %s %s\n\n%s\n\n"
		"With every command: --server URL and --token TOKEN (or POMONA_SERVER, "
		"POMONA_TOKEN), "
		"--json.\nExit codes: 0 fine, 1 failed or left something undone, 2 wrong input, 3 "
		"not "
		"allowed,\n4 not found, 5 conflict, 6 the server is away.\n",
		command->words, command->usage, command->help);
}

enum takes { TAKES_UNKNOWN, TAKES_NOTHING, TAKES_ONE, TAKES_MANY };

/* What an option takes, read from the usage text: "[--user USER...]". */
static enum takes option_takes(const struct cli_command *command, const char *name)
{
	size_t length = strlen(name);
	for (const char *p = command->usage; (p = strstr(p, "--")); p += 2) {
		if (strncmp(p, name, length) || (p[length] != ' ' && p[length] != ']'))
			continue;
		if (p[length] == ']')
			return TAKES_NOTHING;
		const char *end = strchr(p, ']');
		return end && end - p > 3 && !strncmp(end - 3, "...", 3) ? TAKES_MANY : TAKES_ONE;
	}
	return TAKES_UNKNOWN;
}

/* How many bare words the usage needs, and allows. */
static void words_allowed(const struct cli_command *command, size_t *ret_min, size_t *ret_max)
{
	*ret_min = *ret_max = 0;
	for (const char *p = command->usage; *p; p += strcspn(p, " "), p += strspn(p, " ")) {
		if (*p == '[' && p[1] == '-') {
			p = strchr(p, ']');
		} else {
			*ret_min += *p != '[';
			*ret_max += 1;
		}
	}
}

static int add_option(struct cli *c, const char *name, const char *value)
{
	if (c->option_count == CLI_MAX_ARGUMENTS)
		return cli_complain(CLI_USAGE, "more than %d arguments.", CLI_MAX_ARGUMENTS);
	c->options[c->option_count++] = (struct cli_option){ name, value };
	return CLI_FINE;
}

static bool take_common(struct cli *c, int argc, char **argv, int *at)
{
	const char **into = text_equal(argv[*at], "--server")  ? &c->server
	                    : text_equal(argv[*at], "--token") ? &c->token
	                                                       : NULL;
	if (text_equal(argv[*at], "--json")) {
		c->as_json = true;
		return true;
	}
	if (!into || *at + 1 >= argc)
		return false;
	*into = argv[++*at];
	return true;
}

static int parse_option(struct cli *c, int argc, char **argv, int *at)
{
	const char *name = argv[*at];
	switch (option_takes(c->command, name)) {
	case TAKES_NOTHING:
		return add_option(c, name, NULL);
	case TAKES_ONE:
		if (*at + 1 >= argc)
			return cli_complain(CLI_USAGE, "%s needs a value.", name);
		return add_option(c, name, argv[++*at]);
	case TAKES_MANY: {
		int code = CLI_FINE, begin = *at;
		while (!code && *at + 1 < argc && strncmp(argv[*at + 1], "--", 2))
			code = add_option(c, name, argv[++*at]);
		return !code && *at == begin ? cli_complain(CLI_USAGE, "%s needs a value.", name)
		                             : code;
	}
	default:
		return cli_complain(
			CLI_USAGE, "there is no option %s here; --help lists them.", name);
	}
}

static int parse(struct cli *c, int argc, char **argv)
{
	size_t min, max;
	words_allowed(c->command, &min, &max);
	for (int i = 0; i < argc; i++) {
		int code = CLI_FINE;
		if (take_common(c, argc, argv, &i))
			continue;
		if (!strncmp(argv[i], "--", 2))
			code = parse_option(c, argc, argv, &i);
		else if (c->word_count < max)
			c->words[c->word_count++] = argv[i];
		else
			code = cli_complain(CLI_USAGE, "\"%s\" is one argument too many.", argv[i]);
		if (code)
			return code;
	}
	if (c->word_count < min)
		return cli_complain(
			CLI_USAGE, "usage: pomona %s %s", c->command->words, c->command->usage);
	return CLI_FINE;
}

static int run(struct cli *c)
{
	if (!c->server)
		c->server = getenv("POMONA_SERVER");
	if (!c->token)
		c->token = getenv("POMONA_TOKEN");
	if (!c->server || !*c->server)
		c->server = "http://127.0.0.1:8080";
	if (!c->token || !*c->token)
		return cli_complain(CLI_USAGE,
			"an API token is needed: --token, or POMONA_TOKEN. On the "
			"server's host `pomona token create` makes one.");
	size_t length = strlen(c->server);
	while (length && c->server[length - 1] == '/')
		length--;
	c->server = arena_strndup(c->cx.mem, c->server, length);
	if (http_client_new(&c->cx, "pomona-cli/" POMONA_VERSION, &c->http))
		return cli_complain(CLI_FAILED, "%s", c->cx.error.sentence);
	int code = c->command->run(c);
	http_client_free(c->http);
	return code;
}

static const struct cli_command *find(int argc, char **argv, int *ret_words)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		*ret_words = words_matched(&commands[i], argc, argv);
		if (*ret_words)
			return &commands[i];
	}
	return NULL;
}

/* `pomona people` or `pomona people --help`: what there is below the word. */
static int list_below(const char *word, bool is_asked)
{
	FILE *out = is_asked ? stdout : stderr;
	size_t length = strlen(word);
	bool is_found = false;
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (!strncmp(commands[i].words, word, length) && commands[i].words[length] == ' ') {
			is_found = true;
			fprintf(out, "  pomona %s %s\n      %s\n", commands[i].words,
				commands[i].usage, commands[i].help);
		}
	if (!is_found)
		return cli_complain(
			CLI_USAGE, "there is no command \"%s\"; `pomona help` lists them.", word);
	return is_asked ? CLI_FINE : CLI_USAGE;
}

int cli_main(int argc, char **argv)
{
	struct cli *c = calloc(1, sizeof(*c));
	if (!c)
		return CLI_FAILED;
	ctx_init(&c->cx);
	int words, code;
	bool wants_help = false;
	for (int i = 1; i < argc; i++)
		wants_help =
			wants_help || text_equal(argv[i], "--help") || text_equal(argv[i], "-h");
	c->command = find(argc, argv, &words);
	if (!c->command) {
		code = list_below(argv[0], wants_help);
	} else if (wants_help) {
		usage(c->command, stdout);
		code = CLI_FINE;
	} else {
		code = parse(c, argc - words, argv + words);
		if (!code)
			code = run(c);
	}
	ctx_fini(&c->cx);
	free(c);
	return code;
}
