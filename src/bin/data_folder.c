#include "bin/data_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
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

/* NFS, SMB, CIFS, SMB2, AFS (two), Coda, Ceph: what statfs(2) calls them. */
static const uint32_t network_types[] = { 0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x5346414f,
	0x6b414653, 0x73757245, 0x00c36400 };

/* SQLite's locks and shared memory do not hold over a network: two servers could write at once. */
static enum err check_local(struct ctx *cx, const char *url)
{
	static const char prefix[] = "sqlite:";
	struct statfs fs;
	if (!text_starts_with(url, prefix))
		return OK;
	const char *file = url + strlen(prefix), *slash = strrchr(file, '/');
	const char *folder =
		slash > file ? arena_strndup(cx->mem, file, (size_t)(slash - file)) : ".";
	if (statfs(folder, &fs))
		return OK; /* the database says what is wrong with it */
	for (size_t i = 0; i < sizeof(network_types) / sizeof(network_types[0]); i++)
		if ((uint32_t)fs.f_type == network_types[i])
			return err_set(cx, ERR_CONFLICT, "data.network",
				"The folder %s is on a network file system, where SQLite's locks "
				"do not hold and a crash can damage the database. Choose a disk "
				"of this machine with --data, or PostgreSQL with --database.",
				folder);
	return OK;
}

enum err data_folder_database(
	struct ctx *cx, const char *path, const char *url, struct db_pool **ret_pool)
{
	struct db_pool *pool;
	struct db_options options = {
		.url = url ? url : arena_printf(cx->mem, "sqlite:%s/pomona.db", path),
		.readers = READERS,
	};
	enum err e = check_local(cx, options.url);
	if (!e)
		e = db_pool_open(cx, &options, &pool);
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
