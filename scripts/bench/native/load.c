/*
 * The load generator of the benchmark: one thread, epoll, keep-alive. Prints one line of JSON per thing learned.
 *
 *   load run   --port N --request FILE --connections C [--rate R] [--ramp-ms M] [--warmup-ms W] --window-ms S [--pids P,P]
 *              closed loop (every connection asks again at once), or open loop at R requests a second: latencies then
 *              count from the moment a request was due. The CPU of `--pids` is read at both ends of the window.
 *   load hold  --port N --request FILE --connections C [--ramp-ms M] [--no-read]
 *              opens C streams, says when each has its first event, holds them until stdin ends
 *   load abort --port N --request FILE --connections C --count N --after-ms M [--before-answer]
 *              closes each stream M ms after its first event (or after sending); the eight zeros in the request's `user`
 *              member become a serial number, and each closing is told with its clock
 *
 * FILE holds the whole request, head and body, as it goes over the wire.
 */
#include "answer-reader.h"

enum phase { CLOSED, CONNECTING, IDLE, WAITING };

struct client {
  int fd;
  enum phase phase;
  u64 scheduled_ns, sent_ns, first_ns, close_at_ns, id;
  u64 counted; /* events of the present answer that are in the total */
  struct answer answer;
};

static struct {
  const char *mode, *request_file;
  int port, connections, no_read, before_answer;
  u64 rate, ramp_ns, warmup_ns, window_ns, count, after_ns;
  int pids[64], pid_count;
} opt;

static int ep;
static char *request;
static size_t request_len;
static char *request_id; /* where the serial number stands, or NULL */
static struct client *clients;
static u64 window_from = UINT64_MAX, window_to = UINT64_MAX;
static u64 answered, failed, events, completed_streams, cut_streams, started, aborts_done;
static uint32_t *latencies, *firsts;
static size_t latencies_len, latencies_cap, firsts_len, firsts_cap;

static void keep(uint32_t **list, size_t *len, size_t *cap, u64 ns) {
  if (*len == *cap) *list = take(*list, sizeof **list * (*cap = *cap ? *cap * 2 : 65536));
  (*list)[(*len)++] = (uint32_t)(ns > UINT32_MAX ? UINT32_MAX : ns);
}

static int by_value(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

static double percentile_us(const uint32_t *list, size_t len, double q) {
  return len == 0 ? -1 : list[(size_t)((double)(len - 1) * q)] / 1000.0;
}

static void hang_up(struct client *c) {
  if (c->fd >= 0) close(c->fd);
  c->fd = -1;
  c->phase = CLOSED;
}

static void dial(struct client *c) {
  struct sockaddr_in to = loopback(opt.port);
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (c->fd < 0) die("socket");
  set_nodelay(c->fd);
  if (connect(c->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) die("connect");
  c->phase = CONNECTING;
  struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c};
  epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e);
}

/* Sends the request; loopback takes these sizes at once on a fresh socket buffer, and what it does not is waited for. */
static void ask(struct client *c, u64 scheduled_ns) {
  c->id = started++;
  if (request_id) {
    char serial[16];
    snprintf(serial, sizeof serial, "%08llu", (unsigned long long)(c->id % 100000000ull));
    memcpy(request_id, serial, 8);
  }
  answer_begin(&c->answer);
  c->counted = 0;
  c->first_ns = 0;
  c->scheduled_ns = scheduled_ns;
  c->sent_ns = now_ns();
  c->close_at_ns = opt.before_answer ? c->sent_ns + opt.after_ns : UINT64_MAX;
  c->phase = WAITING;
  for (size_t off = 0; off < request_len;) {
    ssize_t n = write(c->fd, request + off, request_len - off);
    if (n > 0) off += (size_t)n;
    else if (errno == EAGAIN) usleep(20);
    else { failed++; hang_up(c); return; }
  }
}

/* An answer that came to an end, well or badly. */
static void settle(struct client *c, u64 now, int well) {
  struct answer *a = &c->answer;
  int counts = now >= window_from && now < window_to;
  int good = well && a->status == 200 && a->errors == 0 && (!a->sse || a->done);
  if (a->sse && counts) { if (good) completed_streams++; else cut_streams++; }
  if (good && counts) {
    answered++;
    keep(&latencies, &latencies_len, &latencies_cap, now - c->scheduled_ns);
  } else if (!good && now < window_to) {
    if (failed++ < 3) fprintf(stderr, "request failed: status %d, %s\n", a->status, well ? "error or no [DONE]" : "connection closed");
  }
  if (!well || a->close_after) hang_up(c);
  else c->phase = IDLE;
}

static void take_bytes(struct client *c, const char *p, size_t n) {
  u64 now = now_ns();
  while (n > 0 && c->phase == WAITING) {
    size_t used = answer_bytes(&c->answer, p, n);
    p += used;
    n -= used;
    if (c->answer.events > c->counted) {
      if (now >= window_from && now < window_to) events += c->answer.events - c->counted;
      c->counted = c->answer.events;
      if (c->first_ns == 0) {
        c->first_ns = now;
        if (!opt.before_answer) c->close_at_ns = now + opt.after_ns;
        if (c->sent_ns >= window_from && now < window_to) keep(&firsts, &firsts_len, &firsts_cap, now - c->sent_ns);
      }
    }
    if (c->answer.at == COMPLETE || c->answer.at == BROKEN) settle(c, now, c->answer.at == COMPLETE);
  }
}

static void readable(struct client *c) {
  static char buffer[262144];
  while (c->fd >= 0) {
    if (opt.no_read && c->first_ns != 0) return;
    ssize_t n = read(c->fd, buffer, opt.no_read ? 4096 : sizeof buffer);
    if (n > 0) { take_bytes(c, buffer, (size_t)n); if ((size_t)n < sizeof buffer && !opt.no_read) return; continue; }
    if (n < 0 && errno == EAGAIN) return;
    if (c->phase == WAITING) settle(c, now_ns(), n == 0 && c->answer.at == UNTIL_CLOSE);
    hang_up(c);
  }
}

/* Handles socket events until `until`. Connections become IDLE here; who asks on them is the mode's affair. */
static void serve_events(u64 until) {
  struct epoll_event list[512];
  int n = wait_events(ep, list, 512, until);
  for (int i = 0; i < n; i++) {
    struct client *c = list[i].data.ptr;
    if (!c) continue;
    if (list[i].events & (EPOLLERR | EPOLLHUP)) {
      if (c->phase == CONNECTING) { failed++; hang_up(c); usleep(1000); continue; }
    }
    if (c->phase == CONNECTING && (list[i].events & EPOLLOUT)) c->phase = IDLE;
    if (list[i].events & EPOLLIN) readable(c);
  }
}

#include "load-modes.h"

static u64 number(const char *text) { return strtoull(text, NULL, 10); }

static int set_option(const char *name, const char *value) {
  if (strcmp(name, "--no-read") == 0) { opt.no_read = 1; return 1; }
  if (strcmp(name, "--before-answer") == 0) { opt.before_answer = 1; return 1; }
  if (!value) return 0;
  if (strcmp(name, "--port") == 0) opt.port = atoi(value);
  else if (strcmp(name, "--request") == 0) opt.request_file = value;
  else if (strcmp(name, "--connections") == 0) opt.connections = atoi(value);
  else if (strcmp(name, "--rate") == 0) opt.rate = number(value);
  else if (strcmp(name, "--ramp-ms") == 0) opt.ramp_ns = number(value) * 1000000;
  else if (strcmp(name, "--warmup-ms") == 0) opt.warmup_ns = number(value) * 1000000;
  else if (strcmp(name, "--window-ms") == 0) opt.window_ns = number(value) * 1000000;
  else if (strcmp(name, "--count") == 0) opt.count = number(value);
  else if (strcmp(name, "--after-ms") == 0) opt.after_ns = number(value) * 1000000;
  else if (strcmp(name, "--pids") == 0) {
    for (const char *p = value; p && *p && opt.pid_count < 64; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL)
      opt.pids[opt.pid_count++] = atoi(p);
  } else return 0;
  return 2;
}

static void read_request(void) {
  FILE *f = fopen(opt.request_file, "rb");
  if (!f) die(opt.request_file);
  request = take(NULL, 1 << 20);
  request_len = fread(request, 1, 1 << 20, f);
  fclose(f);
  char *mark = memmem(request, request_len, "\"mock:", 6);
  request_id = mark ? memmem(mark, (size_t)(request + request_len - mark), "00000000", 8) : NULL;
}

int main(int argc, char **argv) {
  prepare_process();
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  opt.mode = argc > 1 ? argv[1] : "";
  for (int i = 2, used; i < argc; i += used) {
    used = set_option(argv[i], i + 1 < argc ? argv[i + 1] : NULL);
    if (used == 0) { fprintf(stderr, "unknown option %s\n", argv[i]); return 2; }
  }
  if (!opt.port || !opt.request_file || opt.connections < 1) { fprintf(stderr, "--port, --request and --connections are needed\n"); return 2; }
  read_request();
  ep = epoll_create1(EPOLL_CLOEXEC);
  clients = calloc((size_t)opt.connections, sizeof *clients);
  if (!clients) die("out of memory");
  for (int i = 0; i < opt.connections; i++) clients[i].fd = -1;
  if (strcmp(opt.mode, "run") == 0) return run_mode();
  if (strcmp(opt.mode, "hold") == 0) return hold_mode();
  if (strcmp(opt.mode, "abort") == 0) return abort_mode();
  fprintf(stderr, "unknown mode %s\n", opt.mode);
  return 2;
}
