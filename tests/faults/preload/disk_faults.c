/*
 * Failing disk calls on purpose: a library that is loaded before the C library (LD_PRELOAD) and stands
 * between a program and the calls with which it reads and writes files.
 *
 * What fails is said by plans, one a line:
 *
 *     PATTERN|CALL|FROM|TIMES|ACTION[|OPTION=VALUE]...
 *
 *   PATTERN  shell pattern of the file's absolute path; a star also stands for slashes.
 *   CALL     open, read, pread, write, pwrite, fsync, fdatasync, ftruncate, fallocate, rename, unlink, mmap,
 *            lock; any-write (aw): whichever changes a file or makes a change lasting; any: whichever.
 *   FROM     the first call of these that is hit, from 1.
 *   TIMES    how many in a row are hit; -1: all from then on.
 *   ACTION   a number: the call fails with this errno and does nothing.
 *            SHORT      half of the bytes are read or written; where there is no half, it fails.
 *            FLIP       reading gives wrong bytes; other calls are left alone.
 *            KILL       the process is killed before the call, KILLAFTER: after it.
 *            TRACE      nothing but the line in the record of hits.
 *   OPTION   process=TEXT   only in processes with this in their command line.
 *            each=thread    every thread counts its own calls.
 *            seconds=S      no longer than that after the first hit, in whichever process that was.
 *
 * Calls are counted in each process by itself, from when the plan was set. Plans come from the variable
 * DISK_FAULTS when a process starts, and from disk_faults_arm() while it runs. The file named by
 * DISK_FAULTS_HITS gets a line for each hit:
 *
 *     PROCESS PLAN CALL COUNT ACTION PATH
 *
 * Everything goes on by system calls of its own: nothing here is answered by the library it stands before,
 * so that no call is seen twice. Offsets must be 64 bits wide, as they are wherever the bot runs.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(off_t) == 8, "offsets must have 64 bits");

#define EXPORT __attribute__((visibility("default")))
#define ALSO(name) __attribute__((visibility("default"), alias(#name)))

enum { MOST_PLANS = 8, MOST_TEXT = 16384, MOST_LINE = 2048 };

/* ------------------------------------------------------------------------------------------- plans */

enum action { NOTHING, FAIL, SHORTEN, FLIP, KILL, KILL_AFTER, TRACE };

struct plan {
    char pattern[1024];
    char call[16];
    char action_name[16];
    enum action action;
    int error; /* for FAIL */
    long from, times;
    bool each_thread;
    double seconds; /* after the first hit; 0: for ever */
    double until;   /* when they are over, 0 before the first hit */
    atomic_long seen;
};

static struct plan plans[MOST_PLANS];
static atomic_int armed_plans; /* how many of them hold; 0: every call goes straight on */
static atomic_long hits;
static atomic_long generation; /* counts what was armed, so that threads know when to count anew */
static pthread_mutex_t arming = PTHREAD_MUTEX_INITIALIZER;

static __thread long seen_by_thread[MOST_PLANS];
static __thread long generation_of_thread;

static char command_line[4096];
static char hits_path[PATH_MAX];

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static bool read_action(struct plan *plan, const char *word) {
    static const struct { const char *word; enum action action; } named[] = {
        {"SHORT", SHORTEN}, {"FLIP", FLIP}, {"KILL", KILL}, {"KILLAFTER", KILL_AFTER}, {"TRACE", TRACE},
    };
    snprintf(plan->action_name, sizeof plan->action_name, "%s", word);
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        if (strcmp(word, named[i].word) == 0) {
            plan->action = named[i].action;
            return true;
        }
    }
    plan->action = FAIL;
    plan->error = atoi(word);
    return plan->error > 0;
}

/* Read one line into a plan: 1 if it holds here, 0 if it is meant for other processes, -1 if it is none. */
static int read_plan(struct plan *plan, char *line) {
    char *rest = line, *words[5];
    for (int i = 0; i < 5; i++) {
        words[i] = strsep(&rest, "|");
        if (words[i] == NULL || *words[i] == '\0')
            return -1;
    }
    memset(plan, 0, sizeof *plan);
    snprintf(plan->pattern, sizeof plan->pattern, "%s", words[0]);
    snprintf(plan->call, sizeof plan->call, "%s", strcmp(words[1], "aw") == 0 ? "any-write" : words[1]);
    plan->from = atol(words[2]);
    plan->times = atol(words[3]);
    if (!read_action(plan, words[4]))
        return -1;
    int here = 1;
    for (char *option; (option = strsep(&rest, "|")) != NULL;) {
        if (strncmp(option, "process=", 8) == 0)
            here = here && strstr(command_line, option + 8) != NULL;
        else if (strcmp(option, "each=thread") == 0)
            plan->each_thread = true;
        else if (strncmp(option, "seconds=", 8) == 0)
            plan->seconds = atof(option + 8);
        else
            return -1;
    }
    return here;
}

/* Let no call fail any more. */
EXPORT void disk_faults_disarm(void) {
    atomic_store(&armed_plans, 0);
}

/* Set plans in place of those that hold, and count anew; returns how many hold here, -1 if one is none. */
EXPORT int disk_faults_arm(const char *text) {
    static char copy[MOST_TEXT];
    int count = 0;
    pthread_mutex_lock(&arming);
    atomic_store(&armed_plans, 0);
    snprintf(copy, sizeof copy, "%s", text);
    char *rest = copy;
    for (char *line; (line = strsep(&rest, "\n")) != NULL && count >= 0;) {
        if (*line == '\0')
            continue;
        int here = count < MOST_PLANS ? read_plan(&plans[count], line) : -1;
        count = here < 0 ? -1 : count + here;
    }
    atomic_fetch_add(&generation, 1);
    atomic_store(&armed_plans, count > 0 ? count : 0);
    pthread_mutex_unlock(&arming);
    return count;
}

/* Return how many calls were hit in this process. */
EXPORT long disk_faults_hits(void) {
    return atomic_load(&hits);
}

/* Write the hits to another file from now on. */
EXPORT void disk_faults_record(const char *path) {
    snprintf(hits_path, sizeof hits_path, "%s", path);
}

__attribute__((constructor)) static void begin(void) {
    int file = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        long length = syscall(SYS_read, file, command_line, sizeof command_line - 1);
        for (long i = 0; i < length - 1; i++)
            if (command_line[i] == '\0')
                command_line[i] = ' ';
        syscall(SYS_close, file);
    }
    const char *record = getenv("DISK_FAULTS_HITS"), *text = getenv("DISK_FAULTS");
    if (record != NULL)
        disk_faults_record(record);
    if (text != NULL && disk_faults_arm(text) < 0) {
        fprintf(stderr, "disk_faults: this is no plan: %s\n", text);
        _exit(2);
    }
}

/* ------------------------------------------------------------------------------------ what is hit */

static void note_hit(int number, const char *call, long count, const char *path) {
    atomic_fetch_add(&hits, 1);
    if (*hits_path == '\0')
        return;
    char line[PATH_MAX + 128];
    int length = snprintf(line, sizeof line, "%d %d %s %ld %s %s\n", (int)getpid(), number, call, count,
                          plans[number].action_name, path);
    long file = syscall(SYS_openat, AT_FDCWD, hits_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0) {
        syscall(SYS_write, file, line, (size_t)length);
        syscall(SYS_close, file);
    }
}

static void die(void) {
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;)
        pause();
}

static bool changes_files(const char *call) {
    static const char *const calls[] = {"write", "pwrite",    "fsync",  "fdatasync",
                                        "ftruncate", "fallocate", "rename", "unlink"};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (strcmp(call, calls[i]) == 0)
            return true;
    return false;
}

static bool is_meant(const struct plan *plan, const char *call, const char *path, const char *other) {
    if (strcmp(plan->call, "any-write") == 0 ? !changes_files(call)
                                             : strcmp(plan->call, "any") != 0 && strcmp(plan->call, call) != 0)
        return false;
    return fnmatch(plan->pattern, path, 0) == 0 || (other != NULL && fnmatch(plan->pattern, other, 0) == 0);
}

static long counted(struct plan *plan, int number) {
    if (!plan->each_thread)
        return atomic_fetch_add(&plan->seen, 1) + 1;
    long armed = atomic_load(&generation);
    if (generation_of_thread != armed) {
        memset(seen_by_thread, 0, sizeof seen_by_thread);
        generation_of_thread = armed;
    }
    return ++seen_by_thread[number];
}

/*
 * Return when the first hit of a plan was. All processes agree by a file beside the record of hits: whoever
 * makes it is the first. Without a record, each process has a first hit of its own.
 */
static double first_hit(int number) {
    double moment = now();
    char path[PATH_MAX + 16];
    if (*hits_path == '\0')
        return moment;
    snprintf(path, sizeof path, "%s.%d", hits_path, number);
    long file = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0) {
        syscall(SYS_write, file, &moment, sizeof moment);
    } else {
        double before = 0;
        file = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
        if (syscall(SYS_read, file, &before, sizeof before) == sizeof before)
            moment = before;
    }
    syscall(SYS_close, file);
    return moment;
}

static bool is_over(struct plan *plan, int number) {
    if (plan->seconds <= 0)
        return false;
    if (plan->until <= 0)
        plan->until = first_hit(number) + plan->seconds;
    return now() >= plan->until;
}

/* What becomes of a call: for FAIL, errno is set. `other` is a second path of the call, or NULL. */
static enum action decide(const char *call, const char *path, const char *other) {
    int count = atomic_load(&armed_plans), before = errno;
    for (int number = 0; number < count; number++) {
        struct plan *plan = &plans[number];
        if (!is_meant(plan, call, path, other))
            continue;
        long seen = counted(plan, number);
        if (seen < plan->from || (plan->times >= 0 && seen >= plan->from + plan->times))
            continue;
        if (is_over(plan, number))
            continue;
        note_hit(number, call, seen, path);
        if (plan->action == KILL)
            die();
        if (plan->action != TRACE) {
            errno = plan->action == FAIL ? plan->error : before;
            return plan->action;
        }
    }
    errno = before;
    return NOTHING;
}

/* What becomes of a call on an open file, which is known by its path, also when it was removed since. */
static enum action decide_open_file(const char *call, int file) {
    if (atomic_load(&armed_plans) == 0)
        return NOTHING;
    static const char removed[] = " (deleted)";
    int before = errno;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
    errno = before;
    if (length <= 0 || path[0] != '/')
        return NOTHING;
    path[length] = '\0';
    size_t tail = sizeof removed - 1;
    if ((size_t)length > tail && strcmp(path + length - tail, removed) == 0)
        path[length - tail] = '\0';
    return decide(call, path, NULL);
}

/* Write the absolute path of `name` below the open folder `folder` (or AT_FDCWD) into `path`. */
static void make_absolute(int folder, const char *name, char path[PATH_MAX]) {
    if (name[0] == '/') {
        snprintf(path, PATH_MAX, "%s", name);
        return;
    }
    char link[64], base[PATH_MAX / 2] = "";
    if (folder == AT_FDCWD)
        snprintf(link, sizeof link, "/proc/self/cwd");
    else
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    long length = syscall(SYS_readlinkat, AT_FDCWD, link, base, sizeof base - 1);
    base[length > 0 ? length : 0] = '\0';
    snprintf(path, PATH_MAX, "%s/%.2000s", base, name);
}

/* ---------------------------------------------------------------------------------- reading, writing */

/* How much of `size` a call may do that is cut short: there is always less left to do afterwards. */
static size_t half(size_t size) {
    return size / 2;
}

static void spoil(unsigned char *bytes, ssize_t size) {
    if (size <= 0)
        return;
    bytes[size / 2] ^= 0x41;
    bytes[size / 3] ^= 0x10;
    bytes[size - 1] ^= 0x01;
}

static ssize_t after_reading(enum action action, void *bytes, ssize_t size) {
    if (action == KILL_AFTER)
        die();
    if (action == FLIP)
        spoil(bytes, size);
    return size;
}

EXPORT ssize_t read(int file, void *bytes, size_t size) {
    enum action action = decide_open_file("read", file);
    if (action == FAIL)
        return -1;
    if (action == SHORTEN && size > 1)
        size = half(size);
    return after_reading(action, bytes, syscall(SYS_read, file, bytes, size));
}

EXPORT ssize_t pread64(int file, void *bytes, size_t size, off_t offset) {
    enum action action = decide_open_file("pread", file);
    if (action == FAIL)
        return -1;
    if (action == SHORTEN && size > 1)
        size = half(size);
    return after_reading(action, bytes, syscall(SYS_pread64, file, bytes, size, offset));
}
ssize_t pread(int file, void *bytes, size_t size, off_t offset) ALSO(pread64);

/* A write that is cut short is what a disk does that is about to be full: it ends with an error. */
static bool cut_short(enum action action, size_t *size) {
    if (action != SHORTEN)
        return true;
    *size = half(*size);
    if (*size == 0)
        errno = ENOSPC;
    return *size > 0;
}

EXPORT ssize_t write(int file, const void *bytes, size_t size) {
    enum action action = decide_open_file("write", file);
    if (action == FAIL || (size > 0 && !cut_short(action, &size)))
        return -1;
    ssize_t written = syscall(SYS_write, file, bytes, size);
    if (action == KILL_AFTER)
        die();
    return written;
}

EXPORT ssize_t pwrite64(int file, const void *bytes, size_t size, off_t offset) {
    enum action action = decide_open_file("pwrite", file);
    if (action == FAIL || (size > 0 && !cut_short(action, &size)))
        return -1;
    ssize_t written = syscall(SYS_pwrite64, file, bytes, size, offset);
    if (action == KILL_AFTER)
        die();
    return written;
}
ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset) ALSO(pwrite64);

/* Several buffers at once: a call that is cut short fills or writes half of the first one only. */
static const struct iovec *shortened(enum action action, const struct iovec *parts, int *count, struct iovec *one) {
    if (action != SHORTEN || *count < 1 || parts[0].iov_len < 2)
        return parts;
    *one = parts[0];
    one->iov_len = half(one->iov_len);
    *count = 1;
    return one;
}

EXPORT ssize_t preadv64v2(int file, const struct iovec *parts, int count, off_t offset, int flags) {
    enum action action = decide_open_file(offset < 0 ? "read" : "pread", file);
    if (action == FAIL)
        return -1;
    struct iovec one;
    parts = shortened(action, parts, &count, &one);
    ssize_t size = syscall(SYS_preadv2, file, parts, count, offset, 0, flags);
    if (size > 0 && (size_t)size > parts[0].iov_len)
        after_reading(action, parts[0].iov_base, (ssize_t)parts[0].iov_len);
    else
        after_reading(action, parts[0].iov_base, size);
    return size;
}
ssize_t preadv2(int file, const struct iovec *parts, int count, off_t offset, int flags) ALSO(preadv64v2);

EXPORT ssize_t preadv64(int file, const struct iovec *parts, int count, off_t offset) {
    return preadv64v2(file, parts, count, offset, 0);
}
ssize_t preadv(int file, const struct iovec *parts, int count, off_t offset) ALSO(preadv64);

EXPORT ssize_t readv(int file, const struct iovec *parts, int count) {
    return preadv64v2(file, parts, count, -1, 0);
}

EXPORT ssize_t pwritev64v2(int file, const struct iovec *parts, int count, off_t offset, int flags) {
    enum action action = decide_open_file(offset < 0 ? "write" : "pwrite", file);
    if (action == FAIL)
        return -1;
    struct iovec one;
    parts = shortened(action, parts, &count, &one);
    ssize_t size = syscall(SYS_pwritev2, file, parts, count, offset, 0, flags);
    if (action == KILL_AFTER)
        die();
    return size;
}
ssize_t pwritev2(int file, const struct iovec *parts, int count, off_t offset, int flags) ALSO(pwritev64v2);

EXPORT ssize_t pwritev64(int file, const struct iovec *parts, int count, off_t offset) {
    return pwritev64v2(file, parts, count, offset, 0);
}
ssize_t pwritev(int file, const struct iovec *parts, int count, off_t offset) ALSO(pwritev64);

EXPORT ssize_t writev(int file, const struct iovec *parts, int count) {
    return pwritev64v2(file, parts, count, -1, 0);
}

/* ------------------------------------------------- calls that are made whole or not at all */

/* Whether the call must not be made. Where there is no half, a call that should be short fails. */
static bool prevented(enum action action) {
    if (action == SHORTEN)
        errno = EIO;
    return action == FAIL || action == SHORTEN;
}

static long finished(enum action action, long result) {
    if (action == KILL_AFTER)
        die();
    return result;
}

#define ON_OPEN_FILE(call, file, ...)                              \
    enum action action = decide_open_file(call, file);             \
    return prevented(action) ? -1 : finished(action, syscall(__VA_ARGS__))

EXPORT int fsync(int file) {
    ON_OPEN_FILE("fsync", file, SYS_fsync, file);
}

EXPORT int fdatasync(int file) {
    ON_OPEN_FILE("fdatasync", file, SYS_fdatasync, file);
}

EXPORT int ftruncate64(int file, off_t size) {
    ON_OPEN_FILE("ftruncate", file, SYS_ftruncate, file, size);
}
int ftruncate(int file, off_t size) ALSO(ftruncate64);

EXPORT int truncate64(const char *name, off_t size) {
    char path[PATH_MAX];
    make_absolute(AT_FDCWD, name, path);
    enum action action = decide("ftruncate", path, NULL);
    return prevented(action) ? -1 : finished(action, syscall(SYS_truncate, name, size));
}
int truncate(const char *name, off_t size) ALSO(truncate64);

EXPORT int fallocate64(int file, int mode, off_t offset, off_t size) {
    ON_OPEN_FILE("fallocate", file, SYS_fallocate, file, mode, offset, size);
}
int fallocate(int file, int mode, off_t offset, off_t size) ALSO(fallocate64);

/* Unlike the others it answers with the error itself. */
EXPORT int posix_fallocate64(int file, off_t offset, off_t size) {
    int before = errno;
    int error = fallocate64(file, 0, offset, size) == 0 ? 0 : errno;
    errno = before;
    return error;
}
int posix_fallocate(int file, off_t offset, off_t size) ALSO(posix_fallocate64);

/* What copies from file to file within the kernel: a write to the second one. */
EXPORT ssize_t sendfile64(int to, int from, off_t *offset, size_t size) {
    ON_OPEN_FILE("write", to, SYS_sendfile, to, from, offset, size);
}
ssize_t sendfile(int to, int from, off_t *offset, size_t size) ALSO(sendfile64);

EXPORT ssize_t copy_file_range(int from, off64_t *at, int to, off64_t *there, size_t size, unsigned flags) {
    ON_OPEN_FILE("write", to, SYS_copy_file_range, from, at, to, there, size, flags);
}

EXPORT void *mmap64(void *at, size_t size, int protection, int flags, int file, off_t offset) {
    enum action action = file < 0 ? NOTHING : decide_open_file("mmap", file);
    if (prevented(action))
        return MAP_FAILED;
    return (void *)finished(action, syscall(SYS_mmap, at, size, protection, flags, file, offset));
}
void *mmap(void *at, size_t size, int protection, int flags, int file, off_t offset) ALSO(mmap64);

EXPORT int flock(int file, int how) {
    ON_OPEN_FILE("lock", file, SYS_flock, file, how);
}

EXPORT int fcntl64(int file, int command, ...) {
    va_list more;
    va_start(more, command);
    void *argument = va_arg(more, void *);
    va_end(more);
    bool locks = command == F_SETLK || command == F_SETLKW || command == F_OFD_SETLK || command == F_OFD_SETLKW;
    enum action action = locks ? decide_open_file("lock", file) : NOTHING;
    return prevented(action) ? -1 : (int)finished(action, syscall(SYS_fcntl, file, command, argument));
}
int fcntl(int file, int command, ...) ALSO(fcntl64);

/* ------------------------------------------------------------------------------------------- names */

static int open_below(int folder, const char *name, int flags, mode_t mode) {
    char path[PATH_MAX];
    enum action action = NOTHING;
    if (atomic_load(&armed_plans) > 0) {
        make_absolute(folder, name, path);
        action = decide("open", path, NULL);
    }
    return prevented(action) ? -1 : (int)finished(action, syscall(SYS_openat, folder, name, flags, mode));
}

#define MODE_GIVEN_AFTER(flags)                                    \
    mode_t mode = 0;                                               \
    if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE) {   \
        va_list more;                                              \
        va_start(more, flags);                                     \
        mode = va_arg(more, mode_t);                               \
        va_end(more);                                              \
    }

EXPORT int open64(const char *name, int flags, ...) {
    MODE_GIVEN_AFTER(flags)
    return open_below(AT_FDCWD, name, flags, mode);
}
int open(const char *name, int flags, ...) ALSO(open64);

EXPORT int openat64(int folder, const char *name, int flags, ...) {
    MODE_GIVEN_AFTER(flags)
    return open_below(folder, name, flags, mode);
}
int openat(int folder, const char *name, int flags, ...) ALSO(openat64);

/* What the compiler makes of open() without a mode where it checks arguments. */
EXPORT int __open64_2(const char *name, int flags) {
    return open_below(AT_FDCWD, name, flags, 0);
}
int __open_2(const char *name, int flags) ALSO(__open64_2);

EXPORT int renameat(int old_folder, const char *old_name, int new_folder, const char *new_name) {
    char before[PATH_MAX], after[PATH_MAX];
    make_absolute(old_folder, old_name, before);
    make_absolute(new_folder, new_name, after);
    enum action action = decide("rename", after, before);
    long result = prevented(action) ? -1 : syscall(SYS_renameat2, old_folder, old_name, new_folder, new_name, 0);
    return (int)finished(action, result);
}

EXPORT int rename(const char *old_name, const char *new_name) {
    return renameat(AT_FDCWD, old_name, AT_FDCWD, new_name);
}

EXPORT int unlinkat(int folder, const char *name, int flags) {
    char path[PATH_MAX];
    make_absolute(folder, name, path);
    enum action action = decide("unlink", path, NULL);
    return prevented(action) ? -1 : (int)finished(action, syscall(SYS_unlinkat, folder, name, flags));
}

EXPORT int unlink(const char *name) {
    return unlinkat(AT_FDCWD, name, 0);
}
