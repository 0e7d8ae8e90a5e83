#include "bin/data_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "base/text.h"
#include "db/db.h"

#define READERS       6
#define LOOK_AGAIN_MS 50

static enum err make_folder(struct ctx *cx, const char *path)
{
	if (!mkdir(path, 0700) || errno == EEXIST)
		return OK;
	return err_set(cx, ERR_IO, "data.folder", "The data folder %s cannot be made: %s.", path,
		strerror(errno));
}

/* What an upload left behind when the process was killed. */
static void empty(const char *path)
{
	DIR *folder = opendir(path);
	if (!folder)
		return;
	for (struct dirent *one; (one = readdir(folder));)
		if (one->d_type == DT_REG)
			unlinkat(dirfd(folder), one->d_name, 0);
	closedir(folder);
}

enum err data_folder_open(struct ctx *cx, const char *path)
{
	char *temporary = arena_printf(cx->mem, "%s/tmp", path);
	enum err e = make_folder(cx, path);
	if (!e)
		e = make_folder(cx, temporary);
	if (!e && access(temporary, W_OK | X_OK))
		e = err_set(cx, ERR_IO, "data.folder", "The data folder %s cannot be written: %s.",
			path, strerror(errno));
	return e;
}

enum err data_folder_lock(struct ctx *cx, const char *path, int64_t wait_ms, int *ret_lock)
{
	int64_t until_ms = clock_mono_ms() + wait_ms;
	const struct timespec pause = { .tv_nsec = LOOK_AGAIN_MS * 1000000 };
	int lock = open(arena_printf(cx->mem, "%s/lock", path), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock < 0)
		return err_set(cx, ERR_IO, "data.folder",
			"The lock of the data folder %s cannot be opened: %s.", path,
			strerror(errno));
	while (flock(lock, LOCK_EX | LOCK_NB)) {
		if (clock_mono_ms() >= until_ms) {
			close(lock);
			return err_set(cx, ERR_CONFLICT, "data.in_use",
				"Another pomona works with the data folder %s. Stop it, or choose "
				"another "
				"folder with --data.",
				path);
		}
		nanosleep(&pause, NULL);
	}
	empty(arena_printf(cx->mem, "%s/tmp", path));
	*ret_lock = lock;
	return OK;
}

void data_folder_unlock(int lock)
{
	if (lock >= 0)
		close(lock);
}

enum err data_folder_database(
	struct ctx *cx, const char *path, const char *url, struct db_pool **ret_pool)
{
	struct db_pool *pool;
	struct db_options options = {
		.url = url ? url : arena_printf(cx->mem, "sqlite:%s/pomona.db", path),
		.readers = READERS,
	};
	enum err e = db_pool_open(cx, &options, &pool);
	if (e)
		return e;
	e = db_migrate(pool, cx);
	if (e) {
		db_pool_close(pool);
		return e;
	}
	*ret_pool = pool;
	return OK;
}
