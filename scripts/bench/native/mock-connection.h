/* The mock upstream's connections: their state, their counts, writing without blocking, and what an abort is. */
#ifndef WEIR_BENCH_MOCK_CONNECTION_H
#define WEIR_BENCH_MOCK_CONNECTION_H

#include "net.h"

enum state { READING, WRITING, STREAMING, SILENT };

struct conn {
  int fd;
  enum state state;
  char *in;
  size_t in_len, in_cap;
  char *out; /* owned; what the socket did not take yet */
  size_t out_len, out_off, out_cap;
  long chunks_left;
  u64 interval_ns, due_ns, id;
  long size;
  int usage, waits_out;
  size_t slot; /* place in the list of timed streams, or SIZE_MAX */
  struct conn *next, *previous;
};

struct abort_row { u64 id, at_ns; };

static int ep;
static struct conn **timed;
static size_t timed_len, timed_cap;
static struct abort_row *aborts;
static size_t aborts_len, aborts_cap;
static struct conn *all; /* doubly linked */
static int cut_all;
static u64 requests, opened, open_now, streams_open, aborted, sent_bytes;
static void update_interest(struct conn *c) {
  int wants = c->out_off < c->out_len;
  if (wants == c->waits_out) return;
  c->waits_out = wants;
  struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP | (wants ? EPOLLOUT : 0), .data.ptr = c};
  epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e);
}

static void untime(struct conn *c) {
  if (c->slot == SIZE_MAX) return;
  timed[c->slot] = timed[--timed_len];
  timed[c->slot]->slot = c->slot;
  c->slot = SIZE_MAX;
}

static void drop(struct conn *c) {
  if (c->state == STREAMING || c->state == SILENT) {
    if (aborts_len == aborts_cap) aborts = take(aborts, sizeof *aborts * (aborts_cap = aborts_cap ? aborts_cap * 2 : 4096));
    aborts[aborts_len++] = (struct abort_row){c->id, now_ns()};
    aborted++;
    streams_open--;
  }
  untime(c);
  if (c->next) c->next->previous = c->previous;
  if (c->previous) c->previous->next = c->next; else all = c->next;
  open_now--;
  close(c->fd);
  free(c->in);
  free(c->out);
  free(c);
}

/* Writes what it can at once and keeps the rest; 0 when the peer is gone. */
static int send_bytes(struct conn *c, const char *bytes, size_t len) {
  if (c->out_off == c->out_len) {
    ssize_t n = write(c->fd, bytes, len);
    if (n < 0 && errno != EAGAIN) return 0;
    if (n > 0) { sent_bytes += (u64)n; bytes += n; len -= (size_t)n; }
    c->out_off = c->out_len = 0;
  }
  if (len > 0) {
    if (c->out_len + len > c->out_cap) c->out = take(c->out, c->out_cap = (c->out_len + len) * 2);
    memcpy(c->out + c->out_len, bytes, len);
    c->out_len += len;
  }
  update_interest(c);
  return 1;
}

#endif
