/*
 * The upstream of the benchmark: one thread, epoll, keep-alive. What it answers stands in the request body, in the
 * `user` member, so that every subject forwards it untouched:
 *
 *   mock:json                          a chat completion of 1.5 KB
 *   mock:stream:CHUNKS:RATE:SIZE:ID    CHUNKS content events of SIZE characters, RATE per second (0: as fast as taken)
 *   mock:silent:ID                     no answer at all
 *
 * GET /control/stats, /control/aborts, /control/reset and /control/drop tell the counts, clear them, and cut what is
 * still open. `mock PORT` prints the port taken. Every connection of a request in progress that goes away is an abort.
 */
#include "mock-answers.h"
#include "mock-connection.h"

#define TICK_NS 1000000ull

static int finish_stream(struct conn *c) {
  static const char finish[] = EVENT_HEAD CHOICE("{}", "\"stop\"");
  static const char usage[] = EVENT_HEAD "]," USAGE "}\n\n";
  char text[2048];
  size_t n = as_chunk(text, finish, sizeof finish - 1);
  if (c->usage) n += as_chunk(text + n, usage, sizeof usage - 1);
  n += as_chunk(text + n, "data: [DONE]\n\n", 14);
  memcpy(text + n, "0\r\n\r\n", 5);
  untime(c);
  c->state = READING;
  streams_open--;
  return send_bytes(c, text, n + 5);
}

/* Sends what is due of a stream; with rate 0 until the socket is full. 0 when the peer is gone. */
static int advance(struct conn *c, u64 now) {
  make_event(c->size);
  while (c->chunks_left > 0) {
    if (c->out_off < c->out_len && c->interval_ns == 0) return 1;
    if (c->interval_ns > 0 && c->due_ns > now) return 1;
    if (!send_bytes(c, event_text, event_len)) return 0;
    c->chunks_left--;
    c->due_ns += c->interval_ns;
  }
  return finish_stream(c);
}

static int start_stream(struct conn *c, long rate) {
  static const char role[] = EVENT_HEAD CHOICE("{\"role\":\"assistant\",\"content\":\"\"}", "null");
  char text[2048];
  size_t n = sizeof STREAM_HEAD - 1;
  memcpy(text, STREAM_HEAD, n);
  n += as_chunk(text + n, role, sizeof role - 1);
  make_event(c->size);
  int small = event_len < 1024 && c->chunks_left > 0;
  if (small) { memcpy(text + n, event_text, event_len); n += event_len; c->chunks_left--; }
  c->state = STREAMING;
  streams_open++;
  c->interval_ns = rate > 0 ? 1000000000ull / (u64)rate : 0;
  u64 now = now_ns();
  /* A random phase: streams that began together must not send together. */
  c->due_ns = now + (c->interval_ns > 0 ? (u64)random() % c->interval_ns : 0);
  if (!send_bytes(c, text, n)) return 0;
  if (c->interval_ns > 0) {
    if (timed_len == timed_cap) timed = take(timed, sizeof *timed * (timed_cap = timed_cap ? timed_cap * 2 : 1024));
    c->slot = timed_len;
    timed[timed_len++] = c;
  }
  return advance(c, now);
}

static int answer_text(struct conn *c, int status, const char *body, size_t len) {
  char *text = take(NULL, len + 256);
  int n = sprintf(text, "HTTP/1.1 %d X\r\ncontent-type: application/json\r\ncontent-length: %zu\r\n\r\n", status, len);
  memcpy(text + n, body, len);
  int ok = send_bytes(c, text, (size_t)n + len);
  free(text);
  return ok;
}

static int control(struct conn *c, const char *path) {
  if (strncmp(path, "/control/reset", 14) == 0) {
    aborts_len = 0;
    requests = aborted = sent_bytes = opened = 0;
  } else if (strncmp(path, "/control/drop", 13) == 0) {
    cut_all = 1;
  } else if (strncmp(path, "/control/aborts", 15) == 0) {
    char *text = take(NULL, aborts_len * 48 + 16);
    size_t n = (size_t)sprintf(text, "[");
    for (size_t i = 0; i < aborts_len; i++)
      n += (size_t)sprintf(text + n, "%s[%llu,%llu]", i ? "," : "", (unsigned long long)aborts[i].id, (unsigned long long)aborts[i].at_ns);
    n += (size_t)sprintf(text + n, "]");
    int ok = answer_text(c, 200, text, n);
    free(text);
    return ok;
  }
  char text[256];
  int n = sprintf(text, "{\"requests\":%llu,\"opened\":%llu,\"connections\":%llu,\"streams\":%llu,\"aborted\":%llu,\"sent_bytes\":%llu}",
                  (unsigned long long)requests, (unsigned long long)opened, (unsigned long long)open_now,
                  (unsigned long long)streams_open, (unsigned long long)aborted, (unsigned long long)sent_bytes);
  return answer_text(c, 200, text, (size_t)n);
}

/* Answers one whole request whose head ends at `head` and whose body is `len` long; 0 when the peer is gone. */
static int answer(struct conn *c, size_t head, size_t len) {
  if (memcmp(c->in, "GET ", 4) == 0) return control(c, c->in + 4);
  requests++;
  const char *body = c->in + head, *mark = memmem(body, len, "\"mock:", 6);
  if (!mark) return answer_text(c, 400, "{\"error\":{\"message\":\"no mock: in user\",\"type\":\"x\",\"param\":null,\"code\":null}}", 76);
  mark += 6;
  long chunks = 0, rate = 0, size = 0;
  unsigned long long id = 0;
  if (sscanf(mark, "stream:%ld:%ld:%ld:%llu", &chunks, &rate, &size, &id) == 4) {
    c->chunks_left = chunks;
    c->size = size;
    c->id = id;
    c->usage = memmem(body, len, "\"include_usage\":true", 20) != NULL;
    return start_stream(c, rate);
  }
  if (sscanf(mark, "silent:%llu", &id) == 1) {
    c->id = id;
    c->state = SILENT;
    streams_open++;
    return 1;
  }
  return send_bytes(c, json_answer, json_answer_len);
}

static size_t content_length(const char *head, size_t len) {
  const char *end = head + len;
  for (const char *line = head; line < end;) {
    if (strncasecmp(line, "content-length:", 15) == 0) return (size_t)strtoul(line + 15, NULL, 10);
    line = memchr(line, '\n', (size_t)(end - line));
    if (!line) break;
    line++;
  }
  return 0;
}

/* Takes whole requests off the input; 0 when the connection is over. */
static int consume(struct conn *c) {
  while (c->state == READING && c->in_len > 0) {
    c->in[c->in_len] = 0;
    char *blank = memmem(c->in, c->in_len, "\r\n\r\n", 4);
    if (!blank) return 1;
    size_t head = (size_t)(blank - c->in) + 4, len = content_length(c->in, head);
    if (c->in_len < head + len) return 1;
    if (!answer(c, head, len)) return 0;
    c->in_len -= head + len;
    memmove(c->in, c->in + head + len, c->in_len);
  }
  return 1;
}

static int readable(struct conn *c) {
  for (;;) {
    if (c->in_cap - c->in_len < 16384) c->in = take(c->in, c->in_cap = c->in_cap ? c->in_cap * 2 : 32768);
    size_t room = c->in_cap - c->in_len - 1;
    ssize_t n = read(c->fd, c->in + c->in_len, room);
    if (n == 0) return 0;
    if (n < 0) return errno == EAGAIN;
    c->in_len += (size_t)n;
    if (!consume(c)) return 0;
    if ((size_t)n < room) return 1;
  }
}

static int writable(struct conn *c) {
  ssize_t n = write(c->fd, c->out + c->out_off, c->out_len - c->out_off);
  if (n < 0) return errno == EAGAIN;
  sent_bytes += (u64)n;
  c->out_off += (size_t)n;
  if (c->out_off < c->out_len) return 1;
  c->out_off = c->out_len = 0;
  update_interest(c);
  return c->state == STREAMING && c->interval_ns == 0 ? advance(c, now_ns()) : 1;
}

static void accept_all(int listener) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    set_nodelay(fd);
    struct conn *c = calloc(1, sizeof *c);
    if (!c) die("out of memory");
    c->fd = fd;
    c->slot = SIZE_MAX;
    c->next = all;
    if (all) all->previous = c;
    all = c;
    opened++;
    open_now++;
    struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = c};
    epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
  }
}

static int listen_on(int port) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in a = loopback(port);
  socklen_t len = sizeof a;
  if (bind(listener, (struct sockaddr *)&a, len) < 0 || listen(listener, 4096) < 0) die("listen");
  getsockname(listener, (struct sockaddr *)&a, &len);
  printf("%d\n", ntohs(a.sin_port));
  fflush(stdout);
  return listener;
}

int main(int argc, char **argv) {
  struct epoll_event events[512];
  prepare_process();
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  make_json_answer();
  ep = epoll_create1(EPOLL_CLOEXEC);
  int listener = listen_on(argc > 1 ? atoi(argv[1]) : 0);
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(ep, EPOLL_CTL_ADD, listener, &e);
  for (;;) {
    u64 until = UINT64_MAX;
    for (size_t i = 0; i < timed_len; i++)
      if (timed[i]->due_ns < until) until = timed[i]->due_ns;
    /* Streams tick on a grid of a millisecond: at 10,000 chunks a second a subject finds several at once, as it does
       behind a network card, and is not woken for each one alone. */
    if (until != UINT64_MAX) until += TICK_NS - until % TICK_NS;
    int n = wait_events(ep, events, 512, until);
    for (int i = 0; i < n; i++) {
      struct conn *c = events[i].data.ptr;
      if (!c) { accept_all(listener); continue; }
      int alive = !(events[i].events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP));
      if (alive && (events[i].events & EPOLLIN)) alive = readable(c);
      if (alive && (events[i].events & EPOLLOUT)) alive = writable(c);
      if (!alive) drop(c);
    }
    if (cut_all) {
      for (struct conn *c = all, *next; c; c = next) {
        next = c->next;
        if (c->state == STREAMING || c->state == SILENT) drop(c);
      }
      cut_all = 0;
    }
    u64 now = now_ns() / TICK_NS * TICK_NS;
    for (size_t i = timed_len; i-- > 0;) {
      struct conn *c = timed[i];
      if (c->due_ns <= now && !advance(c, now)) drop(c);
    }
  }
}
