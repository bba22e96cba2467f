/* Preloaded into what is measured: each flush of the disk takes four milliseconds longer, as on a disk that is farther away. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static int flush(const char *name, int file) {
    struct timespec longer = {0, 4000000};
    nanosleep(&longer, 0);
    return ((int (*)(int))dlsym(RTLD_NEXT, name))(file);
}

int fsync(int file) { return flush("fsync", file); }
int fdatasync(int file) { return flush("fdatasync", file); }
