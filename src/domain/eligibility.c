#include "domain/eligibility.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "store/people.h"

bool eligibility_of(const struct person *person)
{
	return eligibility_why_not(person) == NULL;
}

const char *eligibility_why_not(const struct person *person)
{
	if (person->deleted_at)
		return "This person was deleted.";
	if (!person->is_active)
		return "This person is not active.";
	if (person->platforms & PLATFORMS_ELIGIBLE)
		return NULL;
	if (!person->device_count)
		return "This person has no device.";
	if (person->platforms)
		return "None of this person's activated devices is an iPhone, iPad or Mac.";
	return "None of this person's devices is activated.";
}

/* By the state of the VPP user; the columns are the three actions. NULL: possible. */
static const struct {
	const char *state;
	const char *invite, *remove, *sync;
} state_reasons[] = {
	{ "none", NULL, "Not a VPP user in this location.", "Not a VPP user in this location." },
	{ "requested", "Requested already: the invitation follows when Apple has the user.", NULL,
		NULL },
	{ "registered", NULL, NULL, NULL },
	{ "invited", NULL, NULL, NULL },
	{ "associated", "Already associated: the invitation was accepted.", NULL, NULL },
	{ "removing", "Being removed from VPP: invite again when that is done.",
		"Is being removed already.", NULL },
	{ "checking",
		"Being checked at Apple: it is not known yet whether the last request arrived.",
		NULL, NULL },
};

static size_t state_row(const struct person *person)
{
	size_t last = sizeof(state_reasons) / sizeof(state_reasons[0]) - 1, i = 0;

	while (i < last && strcmp(state_reasons[i].state, person->vpp.state) != 0)
		i++;
	return i;
}

const char *why_not_invite(const struct person *person)
{
	const char *reason = eligibility_why_not(person);

	return reason ? reason : state_reasons[state_row(person)].invite;
}

const char *why_not_delete(const struct person *person)
{
	return state_reasons[state_row(person)].remove;
}

const char *why_not_sync(const struct person *person)
{
	return state_reasons[state_row(person)].sync;
}

/* How a text begins once spaces are left out and letters are small. The first row that fits
 * counts, so that "iPadOS" is found before "iPad" and "iPhone OS" before "iPhone". */
static const struct {
	const char *beginning;
	const char *platform;
} platform_words[] = {
	{ "ipad", "iPadOS" },
	{ "iphone", "iOS" },
	{ "ipod", "iOS" },
	{ "ios", "iOS" },
	{ "macos", "macOS" },
	{ "osx", "macOS" },
	{ "mac", "macOS" }, /* Mac, MacBook, Mac mini, Mac OS X */
	{ "imac", "macOS" },
	{ "tvos", "tvOS" },
	{ "appletv", "tvOS" },
	{ "watch", "watchOS" },
	{ "applewatch", "watchOS" },
	{ "vision", "visionOS" },
	{ "applevision", "visionOS" },
	{ "realitydevice", "visionOS" },
	{ "other", "other" },
};

const char *platform_name(const char *text)
{
	char word[24];
	size_t n = 0;

	for (; text && *text && n + 1 < sizeof(word); text++) {
		if (*text != ' ' && *text != '_' && *text != '-')
			word[n++] = (char)tolower((unsigned char)*text);
	}
	word[n] = '\0';
	for (size_t i = 0; i < sizeof(platform_words) / sizeof(platform_words[0]); i++) {
		if (!strncmp(
			    word, platform_words[i].beginning, strlen(platform_words[i].beginning)))
			return platform_words[i].platform;
	}
	return NULL;
}
