#include "twin/devices.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/plist.h"
#include "twin/memory.h"
#include "twin/random.h"

static const char *const mode_names[] = { "answers", "not_now", "error", "down" };

void devices_fini(struct devices *d)
{
	for (size_t i = 0; i < d->count; i++) {
		for (struct device_command *c = d->all[i]->newest, *older; c; c = older) {
			older = c->older;
			free(c->uuid);
			free(c->request_type);
			free(c->invitation_url);
			free(c);
		}
		free(d->all[i]->serial);
		free(d->all[i]);
	}
	free(d->all);
	map_fini(&d->by_serial);
	*d = (struct devices){ 0 };
}

struct device *devices_get(struct devices *d, struct random *random, const char *serial)
{
	struct device *x = map_get(&d->by_serial, serial);
	if (x)
		return x;
	x = memory_new(sizeof(*x));
	x->serial = memory_strdup(serial);
	random_uuid(random, x->udid);
	map_put(&d->by_serial, x->serial, x);
	d->all = memory_grow(d->all, d->count, &d->capacity, sizeof(struct device *));
	d->all[d->count++] = x;
	return x;
}

enum device_mode device_mode_of(const struct devices *d, const struct device *device)
{
	return device && device->has_mode ? device->mode : d->mode;
}

bool device_mode_read(const char *name, enum device_mode *ret_mode)
{
	for (size_t i = 0; name && i < sizeof(mode_names) / sizeof(*mode_names); i++) {
		if (!strcmp(mode_names[i], name)) {
			*ret_mode = (enum device_mode)i;
			return true;
		}
	}
	return false;
}

const char *device_mode_name(enum device_mode mode)
{
	return mode_names[mode];
}

/* What a real device checks: the programme, and that the link is one. */
static const char *judge(enum device_mode mode, const char *program, const char *url)
{
	if (mode == DEVICE_NOT_NOW)
		return "NotNow";
	if (mode == DEVICE_ERROR)
		return "Error";
	if (!program || strcmp(program, "com.apple.cloudvpp"))
		return "InvalidProgramID";
	if (!url || (strncmp(url, "http://", 7) && strncmp(url, "https://", 8)))
		return "InvalidInvitationURL";
	return "Acknowledged";
}

enum err devices_command(struct devices *d, struct random *random, struct ctx *cx, int64_t now,
	const char *serial, const char *body, size_t length, struct device_command **ret_command)
{
	struct plist *root;
	enum err e = pl_parse(cx, body, length, &root);
	if (e)
		return e;
	const struct plist *command = pl_get(root, "Command");
	const char *uuid = pl_str(cx, root, "CommandUUID");
	const char *type = command ? pl_str(cx, command, "RequestType") : NULL;
	const char *url = command ? pl_str(cx, command, "InvitationURL") : NULL;
	const char *program = command ? pl_str(cx, command, "ProgramID") : NULL;
	pl_free(root);
	if (!uuid || !type)
		return err_set(cx, ERR_INVALID, "mdm.command",
			"The command needs CommandUUID and Command with a RequestType.");
	struct device *device = devices_get(d, random, serial);
	struct device_command *c = memory_new(sizeof(*c));
	c->number = ++d->commands;
	c->at = now;
	c->uuid = memory_strdup(uuid);
	c->request_type = memory_strdup(type);
	c->invitation_url = memory_strdup(url);
	c->status = strcmp(type, "InviteToProgram")
	                    ? "Error"
	                    : judge(device_mode_of(d, device), program, url);
	c->older = device->newest;
	device->newest = c;
	device->command_count++;
	*ret_command = c;
	return OK;
}

char *device_answer(
	struct ctx *cx, const struct device *device, const struct device_command *command)
{
	struct plist *root = pl_new_dict();
	bool is_refused = !strncmp(command->status, "Invalid", 7);
	pl_set_str(root, "CommandUUID", command->uuid);
	pl_set_str(root, "UDID", device->udid);
	pl_set_str(root, "SerialNumber", device->serial);
	pl_set_str(root, "Status", is_refused ? "Error" : command->status);
	if (is_refused || !strcmp(command->status, "Acknowledged"))
		pl_set_str(root, "InvitationResult", command->status);
	char *xml = pl_to_xml(cx, root);
	pl_free(root);
	return xml;
}

void devices_write(const struct devices *d, size_t after, size_t limit, struct json_writer *w)
{
	size_t i = after;
	jw_array(w, "items");
	for (size_t n = 0; i < d->count && n < limit; i++, n++) {
		const struct device *x = d->all[i];
		jw_object(w, NULL);
		jw_str(w, "serial", x->serial);
		jw_str(w, "udid", x->udid);
		jw_str(w, "mode", device_mode_name(device_mode_of(d, x)));
		jw_array(w, "commands");
		for (const struct device_command *c = x->newest; c; c = c->older) {
			jw_object(w, NULL);
			jw_i64(w, "number", (int64_t)c->number);
			jw_time(w, "at", c->at);
			jw_str(w, "uuid", c->uuid);
			jw_str(w, "request_type", c->request_type);
			jw_str(w, "invitation_url", c->invitation_url);
			jw_str(w, "status", c->status);
			jw_end_object(w);
		}
		jw_end_array(w);
		jw_end_object(w);
	}
	jw_end_array(w);
	jw_i64(w, "next", (int64_t)i);
	jw_i64(w, "total", (int64_t)d->count);
}
