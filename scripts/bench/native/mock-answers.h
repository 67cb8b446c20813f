/* What the mock upstream says: the shapes and sizes of real chat answers. */
#ifndef WEIR_BENCH_MOCK_ANSWERS_H
#define WEIR_BENCH_MOCK_ANSWERS_H

#include "net.h"

static char json_answer[4096];
static size_t json_answer_len;
static char *event_text; /* one content event, framed as an HTTP chunk */
static long event_size = -1;
static size_t event_len;

static const char STREAM_HEAD[] = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
                                  "cache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n";
#define EVENT_HEAD "data: {\"id\":\"chatcmpl-bench0123456789\",\"object\":\"chat.completion.chunk\",\"created\":1760000000," \
                   "\"model\":\"bench\",\"system_fingerprint\":\"fp_bench\",\"choices\":["
#define CHOICE(delta, finish) "{\"index\":0,\"delta\":" delta ",\"logprobs\":null,\"finish_reason\":" finish "}]}\n\n"
#define USAGE "\"usage\":{\"prompt_tokens\":256,\"completion_tokens\":128,\"total_tokens\":384}"

/* One HTTP chunk around `text`. */
static size_t as_chunk(char *to, const char *text, size_t len) {
  size_t n = (size_t)sprintf(to, "%zx\r\n", len);
  memcpy(to + n, text, len);
  memcpy(to + n + len, "\r\n", 2);
  return n + len + 2;
}

static void make_event(long size) {
  if (size == event_size) return;
  static const char tail[] = CHOICE("{\"content\":\"", "null");
  const char *rest = strstr(tail, ",\"logprobs\"");
  char *text = take(NULL, (size_t)size + 1024);
  size_t n = (size_t)sprintf(text, "%s%.*s", EVENT_HEAD, (int)(rest - tail), tail);
  memset(text + n, 'a', (size_t)size);
  n += (size_t)size;
  n += (size_t)sprintf(text + n, "\"}%s", rest);
  event_text = take(event_text, n + 64);
  event_len = as_chunk(event_text, text, n);
  event_size = size;
  free(text);
}

/* A chat completion whose body is 1.5 KB. */
static void make_json_answer(void) {
  char body[2048];
  static const char head[] = "{\"id\":\"chatcmpl-bench0123456789\",\"object\":\"chat.completion\",\"created\":1760000000,"
                             "\"model\":\"bench\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"";
  static const char tail[] = "\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\"}]," USAGE
                             ",\"system_fingerprint\":\"fp_bench\"}";
  size_t n = sizeof head - 1, end = 1536 - (sizeof tail - 1);
  memcpy(body, head, n);
  for (; n < end; n++) body[n] = "The water goes over the weir. "[n % 30];
  memcpy(body + n, tail, sizeof tail - 1);
  n += sizeof tail - 1;
  json_answer_len = (size_t)sprintf(json_answer, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %zu\r\n\r\n", n);
  memcpy(json_answer + json_answer_len, body, n);
  json_answer_len += n;
}

#endif
