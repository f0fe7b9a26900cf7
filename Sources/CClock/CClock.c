// Shifts the system's clock for one program, which loads this by LD_PRELOAD: as if somebody had set it. The clocks that
// nobody can set (CLOCK_MONOTONIC, CLOCK_BOOTTIME) stay as they are. Programs that do not use the C library for the
// time, such as those written in Go, notice nothing.
#define _GNU_SOURCE
#include "CClock.h"
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { second = 1000000000 };

static _Atomic int64_t none;
static _Atomic int64_t *shift = &none;

__attribute__((constructor)) static void load(void) {
    const char *path = getenv(CCTRL_CLOCK_FILE);
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *page = mmap(NULL, sizeof none, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (page != MAP_FAILED) shift = page;
}

static void move(struct timespec *time, int64_t by) {
    int64_t rest = time->tv_nsec + by % second;
    time->tv_sec += by / second + (rest >= second) - (rest < 0);
    time->tv_nsec = rest + (rest < 0 ? second : 0) - (rest >= second ? second : 0);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = (int)syscall(SYS_clock_gettime, clock, time);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) move(time, atomic_load(shift));
    return result;
}

int gettimeofday(struct timeval *time, void *zone) {
    (void)zone;
    struct timespec now;
    int result = clock_gettime(CLOCK_REALTIME, &now);
    if (result == 0) *time = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
    return result;
}

time_t time(time_t *place) {
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
    if (place) *place = now.tv_sec;
    return now.tv_sec;
}

// The kernel waits by its own clock: the moment until which a program waits is moved back. One that waits by a clock
// which nobody sets names a moment not long after the machine's start.
static struct timespec real(const struct timespec *until) {
    struct timespec time = *until;
    if (time.tv_sec > 1000000000) move(&time, -atomic_load(shift));
    return time;
}

int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *until) {
    static int (*_Atomic next)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
    if (!next) {
        // Without a version it would be the first one's, which knows an older form of conditions.
        void *found = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
        next = found ? found : dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    }
    struct timespec time = real(until);
    return next(condition, mutex, &time);
}

int pthread_cond_clockwait(
    pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until) {
    static int (*_Atomic next)(pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *);
    if (!next) next = dlsym(RTLD_NEXT, "pthread_cond_clockwait");
    struct timespec time = clock == CLOCK_REALTIME ? real(until) : *until;
    return next(condition, mutex, clock, &time);
}
