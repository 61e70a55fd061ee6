import { backUpAndRestore } from '../deployed/back-up-and-restore.ts';
import type { Finding } from '../deployed/print-findings.ts';
import { awaitDoor, compose } from './docker-compose.ts';
import type { Ground } from './ground.ts';

/** Volumes and all; the databases come up with other passwords, and the services only after the restore. */
export async function restoreFromBackup({ project, url, shop, orders }: Ground): Promise<Finding> {
  const settings = { ...project.settings, COMPOSE_PROJECT_NAME: project.name };
  const destroy = async (): Promise<void> => {
    await compose(project, 'down', '--volumes');
    await compose(project, 'up', '--detach', 'accounts');
    await compose(project, 'wait', 'accounts');
  };
  const start = async (): Promise<void> => {
    await compose(project, 'up', '--detach');
    await awaitDoor(url);
  };
  return backUpAndRestore({ place: 'compose', url, shop, orders, settings, destroy, start });
}
