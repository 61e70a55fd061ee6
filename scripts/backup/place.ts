import type { ConnectionOptions } from 'mysql2';
import type { DatabaseName } from './databases.ts';

/** Where a shop lives: all that a backup has to know about it. */
export interface Place {
  /** How its administrator gets to the server of a database. */
  reach(database: DatabaseName): Promise<ConnectionOptions>;
  /** The services that run there, by the names that `toStop` wants. */
  findServices(): Promise<string[]>;
  /** The line that a person types to stop these services, and to start the shop again. */
  toStop(services: readonly string[]): string;
  readonly toStart: string;
  /** Of npm start: what it knows of the log-ins lies there. */
  readonly dataDirectory?: string;
  close(): Promise<void>;
}

/** Whether somebody of this name works on the databases, or lets people in to those who do; `-dev` may follow it. */
export const isOurs = (name: string): boolean => /^nginx|-(service|worker|simulator)/.test(name);
