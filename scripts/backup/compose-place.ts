import { compose, type Project } from '../compose/docker-compose.ts';
import { Refusal } from '../local/refusal.ts';
import { isOurs, type Place } from './place.ts';
import { openTunnel } from './tunnel.ts';

const project: Project = { name: process.env.COMPOSE_PROJECT_NAME || 'tradepost', settings: {} };
const inside = ['exec', '-T', 'mysql'];

async function readPassword(): Promise<string> {
  try {
    return (await compose(project, ...inside, 'cat', '/run/tradepost/root.password')).trim();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(
      `The database of the Compose project ${project.name} does not answer (${(error as Error).message}): start it with docker compose up --detach --wait mysql.`,
    );
  }
}

/** The shop of docker-compose.yml; COMPOSE_PROJECT_NAME names another than `tradepost`, as it does for docker compose. */
export async function openCompose(): Promise<Place> {
  const password = await readPassword();
  const tunnel = ['docker', 'compose', '--project-name', project.name, ...inside];
  return {
    reach: () => Promise.resolve({ stream: openTunnel(tunnel), user: 'root', password }),
    async findServices() {
      const running = await compose(project, 'ps', '--services', '--status', 'running');
      return running.split('\n').filter(isOurs);
    },
    toStop: (services) => `docker compose stop ${services.join(' ')}`,
    toStart: 'docker compose up --detach',
    close: () => Promise.resolve(),
  };
}
