/* Reads one HTTP/1.1 answer as its bytes come in, and counts the SSE data lines in its body. */
#ifndef WEIR_BENCH_ANSWER_READER_H
#define WEIR_BENCH_ANSWER_READER_H

#include "net.h"

enum body { IN_HEAD, BY_LENGTH, CHUNK_SIZE, CHUNK_DATA, CHUNK_END, LAST_LINE, UNTIL_CLOSE, COMPLETE, BROKEN };

struct answer {
  enum body at;
  char line[2048]; /* the head, or the chunk-size line, collected until its end */
  size_t line_len, left;
  int status, close_after, sse;
  char start[24]; /* first bytes of the present SSE line */
  size_t start_len;
  u64 events; /* data lines so far, [DONE] and errors not counted */
  int done, errors;
};

static inline void answer_begin(struct answer *a) { memset(a, 0, sizeof *a); }

static inline void sse_bytes(struct answer *a, const char *p, size_t n) {
  for (const char *end = p + n; p < end;) {
    const char *eol = memchr(p, '\n', (size_t)(end - p)), *stop = eol ? eol : end;
    size_t room = sizeof a->start - a->start_len, take_n = (size_t)(stop - p) < room ? (size_t)(stop - p) : room;
    memcpy(a->start + a->start_len, p, take_n);
    a->start_len += take_n;
    if (!eol) return;
    if (a->start_len >= 6 && memcmp(a->start, "data: ", 6) == 0) {
      if (a->start_len >= 12 && memcmp(a->start + 6, "[DONE]", 6) == 0) a->done = 1;
      else if (a->start_len >= 15 && memcmp(a->start + 6, "{\"error\":", 9) == 0) a->errors++;
      else a->events++;
    }
    a->start_len = 0;
    p = eol + 1;
  }
}

/* The value of a header in the collected head, or NULL. */
static inline const char *header(struct answer *a, const char *name) {
  size_t n = strlen(name);
  for (char *line = strchr(a->line, '\n'); line; line = strchr(line + 1, '\n'))
    if (strncasecmp(line + 1, name, n) == 0 && line[1 + n] == ':') {
      const char *v = line + 2 + n;
      while (*v == ' ') v++;
      return v;
    }
  return NULL;
}

static inline void head_complete(struct answer *a) {
  const char *v;
  a->line[a->line_len] = 0;
  a->status = a->line_len > 12 ? atoi(a->line + 9) : 0;
  if ((v = header(a, "connection")) && strncasecmp(v, "close", 5) == 0) a->close_after = 1;
  if ((v = header(a, "content-type")) && strncasecmp(v, "text/event-stream", 17) == 0) a->sse = 1;
  if ((v = header(a, "transfer-encoding")) && strncasecmp(v, "chunked", 7) == 0) a->at = CHUNK_SIZE;
  else if ((v = header(a, "content-length"))) {
    a->left = strtoul(v, NULL, 10);
    a->at = a->left > 0 ? BY_LENGTH : COMPLETE;
  } else a->at = UNTIL_CLOSE;
  a->line_len = 0;
}

/* Collects bytes up to and with '\n'; how many were used, and in `*whole` whether the line is complete. */
static inline size_t collect_line(struct answer *a, const char *p, size_t n, int *whole) {
  const char *eol = memchr(p, '\n', n);
  size_t used = eol ? (size_t)(eol - p) + 1 : n;
  if (a->line_len + used >= sizeof a->line) { a->at = BROKEN; return n; }
  memcpy(a->line + a->line_len, p, used);
  a->line_len += used;
  *whole = eol != NULL;
  return used;
}

static inline size_t framing_bytes(struct answer *a, const char *p, size_t n) {
  int whole = 0;
  size_t used = collect_line(a, p, n, &whole);
  if (!whole || a->at == BROKEN) return used;
  if (a->at == IN_HEAD) {
    if (a->line_len >= 4 && memcmp(a->line + a->line_len - 4, "\r\n\r\n", 4) == 0) head_complete(a);
    return used;
  }
  a->line[a->line_len] = 0;
  if (a->at == CHUNK_SIZE) {
    a->left = strtoul(a->line, NULL, 16);
    a->at = a->left > 0 ? CHUNK_DATA : LAST_LINE;
  } else if (a->at == CHUNK_END) a->at = CHUNK_SIZE;
  else a->at = COMPLETE;
  a->line_len = 0;
  return used;
}

/* Takes the next bytes; how many belong to this answer (fewer than `n` only when it is complete or broken). */
static inline size_t answer_bytes(struct answer *a, const char *p, size_t n) {
  size_t used = 0;
  while (used < n && a->at != COMPLETE && a->at != BROKEN) {
    if (a->at != BY_LENGTH && a->at != CHUNK_DATA && a->at != UNTIL_CLOSE) {
      used += framing_bytes(a, p + used, n - used);
      continue;
    }
    size_t part = n - used;
    if (a->at != UNTIL_CLOSE && part > a->left) part = a->left;
    if (a->sse) sse_bytes(a, p + used, part);
    used += part;
    if (a->at == UNTIL_CLOSE) continue;
    a->left -= part;
    if (a->left == 0) a->at = a->at == BY_LENGTH ? COMPLETE : CHUNK_END;
  }
  return used;
}

#endif
