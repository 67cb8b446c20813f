import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Ports, SubjectOrReason } from "../subject.ts";

function configuration(ports: Ports, dir: string): string {
  const temp = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((k) => `  ${k}_temp_path ${dir}/temp;`)
    .join("\n");
  return `
worker_processes 1;
daemon off;
pid ${dir}/nginx.pid;
error_log stderr crit;
worker_rlimit_nofile 16384;
events { worker_connections 8192; }
http {
  access_log off;
${temp}
  client_body_buffer_size 64k;
  keepalive_requests 100000000;
  keepalive_timeout 600s;
  upstream mock { server 127.0.0.1:${ports.upstream}; keepalive 64; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${ports.own};
    location = / { return 200; }
    location / {
      proxy_pass http://mock;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_read_timeout 600s;
    }
  }
}
`;
}

/** The native proxy, as a yardstick for what a relay costs at all; only where it is installed. */
export function nginx(): SubjectOrReason {
  const binary = Bun.which("nginx") ?? Bun.which("nginx", { PATH: "/usr/sbin:/usr/local/sbin" });
  if (binary === null) return { name: "nginx", missing: "no nginx on this machine" };
  const version = /nginx\/(\S+)/.exec(Bun.spawnSync([binary, "-v"]).stderr.toString())?.[1] ?? "?";
  return {
    name: "nginx",
    label: "nginx",
    version: `nginx ${version}`,
    path: "/v1/chat/completions",
    headers: () => ({}),
    readyPath: null,
    async launch(ports, dir) {
      const file = join(dir, "nginx.conf");
      mkdirSync(join(dir, "temp"), { recursive: true });
      await Bun.write(file, configuration(ports, dir));
      return { argv: [binary, "-p", dir, "-c", file], cwd: dir, env: {} };
    },
  };
}
