import { spawn } from 'node:child_process';
import { Duplex } from 'node:stream';

/**
 * The server publishes no port, and the images hold no other program that could bring a connection out than bash.
 * Ends when either side does; a job gets /dev/null for its input unless it is told otherwise, hence the 4.
 */
const bridge =
  'exec 3<>/dev/tcp/127.0.0.1/3306 4<&0; cat <&3 & cat <&4 >&3 & wait -n; kill $(jobs -p) 2>/dev/null; exit 0';

/**
 * A connection to the MySQL server inside a container.
 * @param command runs a program in that container, with our standard input and output: docker exec, kubectl exec
 */
export function openTunnel([program = '', ...args]: readonly string[]): Duplex {
  const child = spawn(program, [...args, 'bash', '-c', bridge], { stdio: 'pipe' });
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.once('error', (error) => stream.destroy(error));
  child.once('close', (code) => {
    stream.destroy(code === 0 ? undefined : new Error(said.trim() || `${program} ended with code ${code}`));
  });
  stream.once('close', () => child.kill());
  return stream;
}
