import { readdirSync, readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readJson, type DataDirectory } from './data-directory.ts';
import { killGroup, signalGroup } from './process-group.ts';
import { isIdentity, isRunning, startTimeOf, type ProcessIdentity } from './process-identity.ts';

const serviceGraceMs = 2_000;
// A database killed while it stops recovers from its log, but that takes longer than letting it finish.
const databaseGraceMs = 20_000;

/** Whether the leader is dead and its group, which nobody else can have joined since, lives on. */
function hasOrphans({ pid, startedAt }: ProcessIdentity): boolean {
  const [bootId] = startedAt.split('/');
  const isSameBoot = startTimeOf(process.pid)?.startsWith(`${bootId}/`) ?? false;
  if (process.platform !== 'linux' || !isSameBoot || startTimeOf(pid) !== null) return false;
  return readdirSync('/proc').some((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state, , group, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return state !== 'Z' && Number(group) === pid && Number(session) === pid;
    } catch {
      return false;
    }
  });
}

async function stopLeftover(identity: ProcessIdentity, graceMs: number): Promise<void> {
  if (isRunning(identity)) {
    signalGroup(identity.pid, 'SIGCONT');
    process.kill(identity.pid, 'SIGTERM');
    const deadline = Date.now() + graceMs;
    while (isRunning(identity) && Date.now() < deadline) await wait(20);
  }
  if (isRunning(identity) || hasOrphans(identity)) await killGroup(identity.pid);
}

/** Stops the processes of an earlier start that was itself killed before it could stop them. */
export async function stopLeftovers(
  data: DataDirectory,
  onProgress: (message: string) => void,
): Promise<void> {
  const names = (await readdir(data.running)).filter((name) => name.endsWith('.json'));
  const found: { file: string; identity: ProcessIdentity }[] = [];
  for (const name of names) {
    const file = join(data.running, name);
    const identity = await readJson(file).catch(() => null);
    if (isIdentity(identity) && (isRunning(identity) || hasOrphans(identity))) found.push({ file, identity });
    else await rm(file, { force: true });
  }
  if (found.length === 0) return;
  onProgress(`stopping ${found.length} processes that an earlier start left behind`);
  const isDatabase = ({ file }: { file: string }): boolean => file.includes('database-');
  const others = found.filter((leftover) => !isDatabase(leftover));
  await Promise.all(others.map(({ identity }) => stopLeftover(identity, serviceGraceMs)));
  await Promise.all(found.filter(isDatabase).map(({ identity }) => stopLeftover(identity, databaseGraceMs)));
  for (const { file } of found) await rm(file, { force: true });
}
