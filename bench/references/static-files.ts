import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../scripts/local/free-port.ts';

/** Reference of G1 and G2: an Nginx that serves files and does nothing else. */
export interface StaticFiles {
  url: string;
  /** Stores a file and returns its path. */
  put(name: string, content: string): Promise<string>;
  stop(): Promise<void>;
}

const configuration = (directory: string, port: number): string => `
worker_processes auto;
pid "${directory}/nginx.pid";
error_log "${directory}/error.log" crit;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  open_file_cache max=100;
  keepalive_requests 1000000;
  default_type application/json;
  client_body_temp_path "${directory}/body";
  proxy_temp_path "${directory}/proxy";
  fastcgi_temp_path "${directory}/fastcgi";
  uwsgi_temp_path "${directory}/uwsgi";
  scgi_temp_path "${directory}/scgi";
  server { listen 127.0.0.1:${port}; root "${directory}/files"; }
}
`;

/** Starts the reference in a directory of its own. */
export async function openStaticFiles(directory: string): Promise<StaticFiles> {
  const [port = 0] = await freePorts(1);
  const files = join(directory, 'files');
  await mkdir(files, { recursive: true });
  const file = join(directory, 'nginx.conf');
  await writeFile(file, configuration(directory, port));
  const user = process.getuid?.() === 0 ? ' user root root;' : '';
  const nginx = spawn('nginx', ['-c', file, '-e', 'stderr', '-g', `daemon off;${user}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await once(nginx, 'spawn');
  await sleep(200);
  return {
    url: `http://127.0.0.1:${port}`,
    async put(name, content) {
      await writeFile(join(files, name), content);
      return `/${name}`;
    },
    async stop() {
      nginx.kill('SIGQUIT');
      await once(nginx, 'exit');
    },
  };
}
