#include "base/disk.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>

#ifdef POMONA_TEST_BUILD
static bool told_free(int64_t *ret_bytes)
{
	const char *path = getenv("POMONA_DISK_FREE_FILE");
	FILE *file = path ? fopen(path, "re") : NULL;
	long long bytes = 0;
	if (!file)
		return false;
	bool is_told = fscanf(file, "%lld", &bytes) == 1;
	fclose(file);
	*ret_bytes = bytes;
	return is_told;
}
#else
static bool told_free(int64_t *ret_bytes)
{
	(void)ret_bytes;
	return false;
}
#endif

enum err disk_free(const char *folder, int64_t *ret_bytes)
{
	struct statvfs room;
	if (told_free(ret_bytes))
		return OK;
	if (statvfs(folder, &room))
		return ERR_IO;
	*ret_bytes = (int64_t)room.f_bavail * (int64_t)room.f_frsize;
	return OK;
}
