/* actions.h - what the commands that act on people have in common. */
#pragma once

struct cli;
struct json;

/* Whom an action is for and whom not, and why; with --json the answer instead. */
void cli_show_preview(struct cli *c, const struct json *preview);
