/* roles.h - the words for roles in bodies, ended by NULL. */
#pragma once

static const char *const http_role_words[] = { "owner", "admin", "operator", "auditor", NULL };
