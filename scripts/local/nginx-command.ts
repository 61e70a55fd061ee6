export interface NginxCommandPlan {
  runDirectory: string;
  /** Path of the program; `nginx` in PATH when absent. */
  program?: string;
  settings?: { errorLog?: string };
}

export interface NginxCommand {
  program: string;
  arguments: string[];
  /** Where the program must be started. */
  directory: string;
  stopSignal: NodeJS.Signals;
}

/** The foreground start; SIGQUIT stops it after the last answer, SIGHUP has it read the file again. */
export function nginxCommand(plan: NginxCommandPlan): NginxCommand {
  // As root, Nginx hands its work to `nobody`, who may not enter a private data directory.
  const user = process.getuid?.() === 0 ? ' user root root;' : '';
  return {
    program: plan.program ?? 'nginx',
    arguments: [
      // Relative paths in the file begin at the prefix. An absolute prefix would bring its `$` into `root`.
      '-p',
      '.',
      '-c',
      'nginx.conf',
      // Until the file is read, messages go to a log in a system directory unless told otherwise.
      '-e',
      plan.settings?.errorLog ?? 'stderr',
      '-g',
      `daemon off;${user}`,
    ],
    directory: plan.runDirectory,
    stopSignal: 'SIGQUIT',
  };
}
