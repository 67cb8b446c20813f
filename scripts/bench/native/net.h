/* What the mock upstream and the load generator share: clock, sockets, waiting, and the CPU time of processes. */
#ifndef WEIR_BENCH_NET_H
#define WEIR_BENCH_NET_H

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef uint64_t u64;

/* Monotonic nanoseconds; both programs read the same clock, so their figures can be subtracted. */
static inline u64 now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (u64)t.tv_sec * 1000000000ull + (u64)t.tv_nsec;
}

static inline void die(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

static inline void *take(void *old, size_t bytes) {
  void *p = realloc(old, bytes);
  if (!p) die("out of memory");
  return p;
}

/* No SIGPIPE, as many files as the hard limit allows, timers without slack. */
static inline void prepare_process(void) {
  struct rlimit limit;
  signal(SIGPIPE, SIG_IGN);
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  prctl(PR_SET_TIMERSLACK, 1);
}

static inline struct sockaddr_in loopback(int port) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return a;
}

static inline void set_nodelay(int fd) {
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

/* Waits for events until `until_ns` (UINT64_MAX: for ever) with nanosecond timers. */
static inline int wait_events(int ep, struct epoll_event *events, int max, u64 until_ns) {
  struct timespec left = {0, 0};
  if (until_ns != UINT64_MAX) {
    u64 now = now_ns();
    u64 d = until_ns > now ? until_ns - now : 0;
    left.tv_sec = (time_t)(d / 1000000000ull);
    left.tv_nsec = (long)(d % 1000000000ull);
  }
  int n = epoll_pwait2(ep, events, max, until_ns == UINT64_MAX ? NULL : &left, NULL);
  if (n < 0 && errno != EINTR) die("epoll_pwait2");
  return n < 0 ? 0 : n;
}

/* utime + stime of one process in milliseconds, threads included; 0 when it is gone. See proc(5), fields 14 and 15. */
static inline double process_cpu_ms(int pid) {
  char path[64], text[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t n = read(fd, text, sizeof text - 1);
  close(fd);
  if (n <= 0) return 0;
  text[n] = 0;
  unsigned long user = 0, system = 0;
  char *after_name = strrchr(text, ')');
  if (!after_name) return 0;
  sscanf(after_name + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
  return (double)(user + system) * 1000.0 / (double)sysconf(_SC_CLK_TCK);
}

#endif
