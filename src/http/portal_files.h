/* portal_files.h - the built portal inside the program; written by tools/embed from web/dist. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct portal_form {
	size_t place, length; /* in portal_blob; length 0: not stored in this form */
};

struct portal_file {
	const char *path; /* "/assets/app-3FJ2K9QX.js" */
	const char *type;
	const char *etag; /* strong, with its quotes */
	bool is_hashed;   /* the name changes with the contents */
	struct portal_form plain, gzip, brotli;
};

extern const unsigned char portal_blob[];
extern const struct portal_file portal_files[]; /* by path */
extern const size_t portal_file_count;          /* 0: built without the portal */
