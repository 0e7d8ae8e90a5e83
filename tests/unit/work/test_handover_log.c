/* What a courier's file says of its messages after the process was killed at each step. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../unit.h"
#include "base/ctx.h"
#include "work/handover_log.h"

static char folder[] = "/tmp/pomona-handover-XXXXXX";

static const struct delivery three[] = {
	{ .row.message_id = "<one@example.org>" },
	{ .row.message_id = "<two@example.org>" },
	{ .row.message_id = "<three@example.org>" },
};

static enum delivery_outcome recall(const char *message_id)
{
	CTX_AUTO(cx);
	return handover_recall(handover_memory_read(&cx, folder, 2), message_id);
}

static const char *recall_all(void)
{
	static char words[8];
	for (int i = 0; i < 3; i++) {
		enum delivery_outcome outcome = recall(three[i].row.message_id);
		words[i] = outcome == DELIVERY_SENT ? 's' : outcome == DELIVERY_UNTRIED ? '-' : '?';
	}
	return words;
}

static struct handover_log *open_log(struct ctx *cx, size_t courier)
{
	struct handover_log *log = NULL;
	assert_int_equal(handover_log_open(cx, folder, courier, &log), OK);
	return log;
}

static void each_step_is_remembered(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct handover_log *log = open_log(&cx, 0);
	assert_string_equal(recall_all(), "???");
	assert_int_equal(handover_log_taken(log, &cx, three, 3), OK);
	assert_string_equal(recall_all(), "---");
	assert_int_equal(handover_log_begun(log, &cx, "<one@example.org>"), OK);
	assert_string_equal(recall_all(), "?--");
	handover_log_answered(log, &cx, "<one@example.org>", DELIVERY_SENT);
	assert_string_equal(recall_all(), "s--");
	assert_int_equal(handover_log_begun(log, &cx, "<two@example.org>"), OK);
	handover_log_answered(log, &cx, "<two@example.org>", DELIVERY_LATER);
	assert_string_equal(recall_all(), "s--");
	assert_int_equal(handover_log_begun(log, &cx, "<three@example.org>"), OK);
	handover_log_answered(log, &cx, "<three@example.org>", DELIVERY_UNKNOWN);
	assert_string_equal(recall_all(), "s-?");
	handover_log_forget(log);
	assert_string_equal(recall_all(), "???");
	handover_log_close(log);
}

/* Another courier took one of them before the first one's file forgot it. */
static void the_less_sure_of_two_files_counts(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct handover_log *first = open_log(&cx, 0), *second = open_log(&cx, 1);
	assert_int_equal(handover_log_taken(first, &cx, three, 3), OK);
	assert_int_equal(handover_log_taken(second, &cx, three, 1), OK);
	assert_int_equal(handover_log_begun(second, &cx, "<one@example.org>"), OK);
	assert_string_equal(recall_all(), "?--");
	handover_log_answered(second, &cx, "<one@example.org>", DELIVERY_SENT);
	assert_string_equal(recall_all(), "s--");
	handover_log_close(first);
	handover_log_close(second);
}

static void write_file(const char *text)
{
	char path[64];
	snprintf(path, sizeof(path), "%s/handover-0", folder);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	snprintf(path, sizeof(path), "%s/handover-1", folder);
	unlink(path);
}

static void what_is_not_of_this_boot_is_not_believed(void **state)
{
	(void)state;
	char boot[64] = "", text[512];
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "r");
	assert_non_null(file);
	assert_non_null(fgets(boot, sizeof(boot), file));
	fclose(file);
	const char *rest = "taken <one@example.org>\ntaken <two@example.org>\nbegun "
			   "<one@example.org>\nsent <one@exa";
	snprintf(text, sizeof(text), "boot %s%s", boot, rest);
	write_file(text);
	assert_string_equal(recall_all(), "?-?"); /* the last line is not whole */
	snprintf(text, sizeof(text), "boot 00000000-0000-0000-0000-000000000000\n%s", rest);
	write_file(text);
	assert_string_equal(recall_all(), "???");
	write_file(rest);
	assert_string_equal(recall_all(), "???");
	write_file("");
	assert_string_equal(recall_all(), "???");
	assert_int_equal(recall(NULL), DELIVERY_UNKNOWN);
}

static void a_folder_that_is_gone_is_an_error(void **state)
{
	(void)state;
	CTX_AUTO(cx);
	struct handover_log *log = NULL;
	assert_int_equal(handover_log_open(&cx, "/nowhere/at/all", 0, &log), ERR_IO);
	assert_null(log);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		char path[64];
		snprintf(path, sizeof(path), "%s/handover-%d", folder, i);
		unlink(path);
	}
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_step_is_remembered),
		cmocka_unit_test(the_less_sure_of_two_files_counts),
		cmocka_unit_test(what_is_not_of_this_boot_is_not_believed),
		cmocka_unit_test(a_folder_that_is_gone_is_an_error),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
