/* The three ways to load, on top of load.c's connections. */
#ifndef WEIR_BENCH_LOAD_MODES_H
#define WEIR_BENCH_LOAD_MODES_H

static double cpu_ms_of_subject(void) {
  double sum = 0;
  for (int i = 0; i < opt.pid_count; i++) sum += process_cpu_ms(opt.pids[i]);
  return sum;
}

/* The lowest-numbered client that may ask now; dials those that are closed. Found by a ring walk. */
static struct client *idle_client(void) {
  static int next;
  for (int i = 0; i < opt.connections; i++) {
    struct client *c = &clients[next];
    next = next + 1 == opt.connections ? 0 : next + 1;
    if (c->phase == IDLE) return c;
    if (c->phase == CLOSED) dial(c);
  }
  return NULL;
}

static void ask_closed_loop(u64 begin, u64 now) {
  for (int i = 0; i < opt.connections; i++) {
    struct client *c = &clients[i];
    if (opt.ramp_ns > 0 && now < begin + opt.ramp_ns * (u64)i / (u64)opt.connections) return;
    if (c->phase == CLOSED) dial(c);
    else if (c->phase == IDLE) ask(c, now_ns());
  }
}

static void print_run(double cpu_ms, u64 now) {
  qsort(latencies, latencies_len, sizeof *latencies, by_value);
  qsort(firsts, firsts_len, sizeof *firsts, by_value);
  double seconds = (double)(now - window_from) / 1e9;
  printf("{\"seconds\":%.4f,\"answered\":%llu,\"failed\":%llu,\"events\":%llu,\"completed_streams\":%llu,\"cut_streams\":%llu,"
         "\"cpu_ms\":%.1f,\"latency_us\":{\"p50\":%.1f,\"p99\":%.1f},\"first_event_us\":{\"p50\":%.1f,\"p99\":%.1f}}\n",
         seconds, (unsigned long long)answered, (unsigned long long)failed, (unsigned long long)events,
         (unsigned long long)completed_streams, (unsigned long long)cut_streams, cpu_ms,
         percentile_us(latencies, latencies_len, 0.5), percentile_us(latencies, latencies_len, 0.99),
         percentile_us(firsts, firsts_len, 0.5), percentile_us(firsts, firsts_len, 0.99));
}

static int run_mode(void) {
  u64 begin = now_ns(), due = begin, gap = opt.rate > 0 ? 1000000000ull / opt.rate : 0;
  double cpu_from = 0;
  int in_window = 0;
  window_from = begin + opt.ramp_ns + opt.warmup_ns;
  window_to = window_from + opt.window_ns;
  for (;;) {
    u64 now = now_ns();
    if (!in_window && now >= window_from) {
      in_window = 1;
      cpu_from = cpu_ms_of_subject();
      window_from = now_ns();
      window_to = window_from + opt.window_ns;
    }
    if (now >= window_to) break;
    u64 until = in_window ? window_to : window_from;
    if (gap > 0) {
      struct client *c;
      while (due <= now && (c = idle_client())) { ask(c, due); due += gap; }
      if (due > now && due < until) until = due;
    } else {
      ask_closed_loop(begin, now);
      if (now < begin + opt.ramp_ns) until = now + 1000000;
    }
    serve_events(until);
  }
  print_run(cpu_ms_of_subject() - cpu_from, now_ns());
  return 0;
}

static int hold_mode(void) {
  u64 begin = now_ns();
  int told = 0;
  window_from = begin;
  struct epoll_event e = {.events = EPOLLIN | EPOLLHUP, .data.ptr = NULL};
  epoll_ctl(ep, EPOLL_CTL_ADD, 0, &e);
  fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK);
  for (;;) {
    u64 now = now_ns();
    int ready = 0;
    char byte;
    for (int i = 0; i < opt.connections; i++) {
      struct client *c = &clients[i];
      if (c->first_ns != 0) { ready++; continue; }
      if (now < begin + opt.ramp_ns * (u64)i / (u64)opt.connections || failed > 0) continue;
      if (c->phase == CLOSED) dial(c);
      else if (c->phase == IDLE) ask(c, now);
    }
    if (!told && (ready == opt.connections || failed > 0)) {
      told = 1;
      printf("{\"ready\":%d,\"failed\":%llu}\n", ready, (unsigned long long)failed);
      fflush(stdout);
    }
    if (read(0, &byte, 1) == 0) break;
    serve_events(now + (told ? 100000000 : 1000000));
  }
  u64 alive = 0;
  for (int i = 0; i < opt.connections; i++) alive += clients[i].phase == WAITING;
  printf("{\"alive\":%llu,\"events\":%llu}\n", (unsigned long long)alive, (unsigned long long)events);
  return 0;
}

static int abort_mode(void) {
  u64 *closed_at = calloc(opt.count, sizeof *closed_at);
  if (!closed_at) die("out of memory");
  u64 give_up = now_ns() + 60000000000ull;
  while (aborts_done < opt.count && failed < 100 && now_ns() < give_up) {
    u64 now = now_ns(), until = now + 5000000;
    int open = 0;
    for (int i = 0; i < opt.connections; i++) {
      struct client *c = &clients[i];
      if (c->phase == WAITING && c->close_at_ns <= now) {
        closed_at[c->id] = now_ns();
        hang_up(c);
        aborts_done++;
      }
      if (started < opt.count) {
        if (c->phase == CLOSED) dial(c);
        else if (c->phase == IDLE) ask(c, now);
      }
      open += c->phase == WAITING;
      if (c->phase == WAITING && c->close_at_ns < until) until = c->close_at_ns;
    }
    if (started >= opt.count && open == 0) break;
    serve_events(until);
  }
  printf("{\"done\":%llu,\"failed\":%llu,\"closed\":[", (unsigned long long)aborts_done, (unsigned long long)failed);
  for (u64 i = 0; i < opt.count; i++) printf("%s%llu", i ? "," : "", (unsigned long long)closed_at[i]);
  printf("]}\n");
  return 0;
}

#endif
