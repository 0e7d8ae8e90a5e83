/* disk.c - a disk that fails on demand, between Pomona and libc (LD_PRELOAD). Only tests load it.
 *
 * The file that TORTURE_DISK names says what goes wrong with the database and its log, in one line:
 * "write|sync|open ERRNO N once|ever": the Nth such call from now on fails, alone or with all after it;
 * "network": the data folder stands on NFS. An empty file: nothing.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NFS 0x6969

static char told[80]; /* the line that is being counted for */
static int seen;      /* calls since it was told */

static void read_order(char *line, size_t size)
{
	const char *path = getenv("TORTURE_DISK");
	line[0] = '\0';
	if (!path)
		return;
	long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return;
	long length = syscall(SYS_read, fd, line, size - 1);
	syscall(SYS_close, fd);
	line[length > 0 ? length : 0] = '\0';
}

static int is_database(const char *path)
{
	return path && strstr(path, "pomona.db") && !strstr(path, "-shm");
}

static int is_database_fd(int fd)
{
	char link[40], path[4096];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, path, sizeof(path) - 1);
	if (length < 0)
		return 0;
	path[length] = '\0';
	return is_database(path);
}

/* The test asks whether its fault came true. */
static void note_struck(void)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s.struck", getenv("TORTURE_DISK"));
	long fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0)
		syscall(SYS_close, fd);
}

/* The errno that this call shall fail with; 0: none. */
static int fails(const char *call)
{
	char line[80], what[16], how[16];
	int number, nth;
	read_order(line, sizeof(line));
	if (sscanf(line, "%15s %d %d %15s", what, &number, &nth, how) != 4 || strcmp(what, call))
		return 0;
	if (strcmp(line, told)) {
		memcpy(told, line, sizeof(told));
		seen = 0;
	}
	seen++;
	if (seen != nth && (seen < nth || strcmp(how, "ever")))
		return 0;
	note_struck();
	return number;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define GUARD(call, is_ours, real)                                                                 \
	int number = (is_ours) ? fails(call) : 0;                                                  \
	if (number) {                                                                              \
		errno = number;                                                                    \
		return -1;                                                                         \
	}                                                                                          \
	return real

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at)
{
	GUARD("write", is_database_fd(fd), REAL(pwrite64)(fd, bytes, length, at));
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at)
{
	GUARD("write", is_database_fd(fd), REAL(pwrite)(fd, bytes, length, at));
}

int fdatasync(int fd)
{
	GUARD("sync", is_database_fd(fd), REAL(fdatasync)(fd));
}

int fsync(int fd)
{
	GUARD("sync", is_database_fd(fd), REAL(fsync)(fd));
}

static mode_t mode_of(int flags, va_list more)
{
	return flags & O_CREAT ? (mode_t)va_arg(more, int) : 0;
}

#define OPEN(name)                                                                                 \
	int name(const char *path, int flags, ...)                                                 \
	{                                                                                          \
		va_list more;                                                                      \
		va_start(more, flags);                                                             \
		mode_t mode = mode_of(flags, more);                                                \
		va_end(more);                                                                      \
		GUARD("open", is_database(path) && (flags & (O_WRONLY | O_RDWR)),                  \
			REAL(name)(path, flags, mode));                                            \
	}

OPEN(open)
OPEN(open64)

#define STATFS(name, type)                                                                         \
	int name(const char *path, struct type *ret)                                               \
	{                                                                                          \
		char line[80];                                                                     \
		int e = REAL(name)(path, ret);                                                     \
		read_order(line, sizeof(line));                                                    \
		if (!e && !strncmp(line, "network", 7))                                            \
			ret->f_type = NFS;                                                         \
		return e;                                                                          \
	}

STATFS(statfs, statfs)
STATFS(statfs64, statfs64)
