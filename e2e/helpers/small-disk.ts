import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, open, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const mount = (directory: string, megabytes: number): Promise<unknown> =>
  run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tradepost-test', directory]);

const unmount = (directory: string): Promise<unknown> => run('umount', [directory]);

/** Why no disk can be made here; undefined when one can. */
export async function whyNoDisk(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'a tmpfs is mounted on Linux only';
  if (process.getuid?.() !== 0) return 'only root may mount a tmpfs';
  const directory = await mkdtemp(path.join(tmpdir(), 'tradepost-mount-'));
  try {
    await mount(directory, 1);
    await unmount(directory);
    return undefined;
  } catch (error) {
    return `a tmpfs could not be mounted (${(error as Error).message.trim()})`;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** A directory moved to a small disk of its own, in memory. */
export class SmallDisk {
  readonly #directory: string;
  readonly #ballast: string;

  private constructor(directory: string) {
    this.#directory = directory;
    this.#ballast = path.join(directory, 'ballast');
  }

  /** Moves a directory that nobody has open. */
  static async under(directory: string, megabytes: number): Promise<SmallDisk> {
    const aside = `${directory}.aside`;
    await rename(directory, aside);
    await mkdir(directory);
    await mount(directory, megabytes);
    await cp(aside, directory, { recursive: true, preserveTimestamps: true });
    await rm(aside, { recursive: true });
    return new SmallDisk(directory);
  }

  /** Leaves no room at all. */
  async fill(): Promise<void> {
    const file = await open(this.#ballast, 'a');
    try {
      for (let size = 1024 * 1024; size >= 1024;) {
        // A write that has room for a part of it writes that part, and says nothing.
        const { bytesWritten } = await file.write(Buffer.alloc(size)).catch((error: unknown) => {
          if ((error as { code?: string }).code !== 'ENOSPC') throw error;
          return { bytesWritten: 0 };
        });
        if (bytesWritten < size) size /= 2;
      }
    } finally {
      await file.close();
    }
  }

  async free(): Promise<void> {
    await rm(this.#ballast, { force: true });
  }

  /** Takes the disk away with all that is on it; nobody may have it open. */
  async remove(): Promise<void> {
    await unmount(this.#directory);
  }
}
