#include "mdm/mdm.h"

#include "base/ctx.h"
#include "base/plist.h"
#include "base/text.h"
#include "mdm/connectors.h"

static const struct mdm_connector *const connectors[] = { &mdm_http };

const struct mdm_connector *mdm_find(const char *name)
{
	for (size_t i = 0; i < sizeof(connectors) / sizeof(connectors[0]); i++)
		if (text_equal(connectors[i]->name, name))
			return connectors[i];
	return NULL;
}

char *mdm_invite_command(struct ctx *cx, const char *uuid, const char *link)
{
	struct plist *root = pl_new_dict();
	struct plist *command = pl_set_dict(root, "Command");
	pl_set_str(command, "RequestType", "InviteToProgram");
	pl_set_str(command, "ProgramID", "com.apple.cloudvpp");
	pl_set_str(command, "InvitationURL", link);
	pl_set_str(root, "CommandUUID", uuid);
	char *xml = pl_to_xml(cx, root);
	pl_free(root);
	return xml;
}
