/* Stands between a process and the kernel: the Nth write or sync of a database's files fails, or is the last thing that the
   process does. Loaded with LD_PRELOAD by faults.rs. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum kind { NONE, KILL, TORN, FULL, SYNC };

static atomic_long done;

static long number(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

static int ours(int fd) {
    const char *part = getenv("FAULT_FILE");
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (!part || length <= 0) return 0;
    path[length] = 0;
    return strstr(path, part) != NULL;
}

/* What happens to this operation. */
static enum kind next(int fd, int is_sync) {
    if (!ours(fd)) return NONE;
    enum kind kind = (enum kind)number("FAULT_KIND");
    if (kind == SYNC && !is_sync) return NONE;
    if (kind == FULL && is_sync) return NONE;
    long n = atomic_fetch_add(&done, 1) + 1, at = number("FAULT_AT");
    if (!at || n < at || n >= at + number("FAULT_FOR")) return NONE;
    if (kind == KILL || (kind == TORN && is_sync)) raise(SIGKILL);
    return kind;
}

__attribute__((destructor)) static void report(void) {
    const char *path = getenv("FAULT_COUNT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file) return;
    fprintf(file, "%ld", atomic_load(&done));
    fclose(file);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define WRITES(name)                                                                  \
    ssize_t name(int fd, const void *from, size_t length, off64_t at) {               \
        switch (next(fd, 0)) {                                                        \
        case TORN:                                                                    \
            REAL(name)(fd, from, length / 2, at);                                     \
            raise(SIGKILL);                                                           \
        case FULL: errno = ENOSPC; return -1;                                         \
        default: return REAL(name)(fd, from, length, at);                             \
        }                                                                             \
    }

WRITES(pwrite)
WRITES(pwrite64)

ssize_t write(int fd, const void *from, size_t length) {
    if (next(fd, 0) == FULL) { errno = ENOSPC; return -1; }
    return REAL(write)(fd, from, length);
}

#define SYNCS(name)                                                                   \
    int name(int fd) {                                                                \
        if (next(fd, 1) == SYNC) { errno = EIO; return -1; }                          \
        return REAL(name)(fd);                                                        \
    }

SYNCS(fsync)
SYNCS(fdatasync)
