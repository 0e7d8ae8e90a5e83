#include "base/plist.h"

#include <plist/plist.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/ctx.h"

#define MAX_DEPTH 32

static plist_t inner(const struct plist *node)
{
	return (plist_t)(uintptr_t)node;
}

struct plist *pl_new_dict(void)
{
	return (struct plist *)plist_new_dict();
}

void pl_free(struct plist *root)
{
	if (root)
		plist_free(inner(root));
}

void pl_set_str(struct plist *dict, const char *key, const char *value)
{
	plist_dict_set_item(inner(dict), key, plist_new_string(value));
}

struct plist *pl_set_dict(struct plist *dict, const char *key)
{
	plist_t child = plist_new_dict();
	plist_dict_set_item(inner(dict), key, child);
	return (struct plist *)child;
}

char *pl_to_xml(struct ctx *cx, const struct plist *root)
{
	char *xml = NULL;
	uint32_t length = 0;
	plist_to_xml(inner(root), &xml, &length);
	char *copy = arena_strndup(cx->mem, xml ? xml : "", length);
	free(xml);
	return copy;
}

/* libplist recurses into what it reads; a text that opens more levels than any command or answer
 * has is refused before it starts. */
static bool is_too_deep(const char *bytes, size_t length)
{
	int depth = 0;
	for (size_t i = 0; i + 1 < length; i++) {
		if (bytes[i] != '<')
			continue;
		const char *tag = bytes + i + 1;
		size_t left = length - i - 1;
		bool is_end = *tag == '/';
		tag += is_end;
		left -= is_end;
		if (left < 5 || (strncmp(tag, "dict", 4) != 0 && strncmp(tag, "array", 5) != 0))
			continue;
		depth += is_end ? -1 : 1;
		if (depth > MAX_DEPTH)
			return true;
	}
	return false;
}

enum err pl_parse(struct ctx *cx, const char *bytes, size_t length, struct plist **ret_root)
{
	if (length > PLIST_MAX_BYTES)
		return err_set(cx, ERR_INVALID, "plist.invalid",
			"The property list is larger than %d bytes.", PLIST_MAX_BYTES);
	plist_t root = NULL;
	if (length >= 8 && !is_too_deep(bytes, length))
		plist_from_memory(bytes, (uint32_t)length, &root);
	if (!root)
		return err_set(cx, ERR_INVALID, "plist.invalid", "This is not a property list.");
	*ret_root = (struct plist *)root;
	return OK;
}

struct plist *pl_get(const struct plist *dict, const char *key)
{
	if (!dict || plist_get_node_type(inner(dict)) != PLIST_DICT)
		return NULL;
	return (struct plist *)plist_dict_get_item(inner(dict), key);
}

char *pl_str(struct ctx *cx, const struct plist *dict, const char *key)
{
	struct plist *node = pl_get(dict, key);
	if (!node || plist_get_node_type(inner(node)) != PLIST_STRING)
		return NULL;
	char *value = NULL;
	plist_get_string_val(inner(node), &value);
	char *copy = arena_strdup(cx->mem, value);
	free(value);
	return copy;
}
