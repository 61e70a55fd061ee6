import { read, type Breach } from '../check/source.ts';
import { breachAt, stepsOf } from './workflow.ts';

const COMMAND = /^npm (?:run (?<named>[\w:-]+)|(?<short>test|start))(?: --(?<words>(?: \S+)+))?$/;
/** A flag, a word, or a variable in quotes: nothing that a shell would interpret. */
const WORD = /^(?:[\w./:=-]+|"[$][A-Z][A-Z_]*")$/;

/** What a step runs can be run by anybody at home: each line is a script of package.json. */
export function npmScripts(root: string): Breach[] {
  const { scripts = {} } = JSON.parse(read(root, 'package.json')) as { scripts?: Record<string, string> };
  return stepsOf(root).flatMap(({ workflow, step, path }) =>
    linesOf(step.run)
      .flatMap((line) => faultOf(line, scripts))
      .map((message) => breachAt(workflow, [...path, 'run'], message)),
  );
}

function linesOf(run = ''): string[] {
  return run
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function faultOf(line: string, scripts: Record<string, string>): string[] {
  const { named, short, words = '' } = COMMAND.exec(line)?.groups ?? {};
  const script = named ?? short;
  if (
    script === undefined ||
    !words
      .split(' ')
      .slice(1)
      .every((word) => WORD.test(word))
  ) {
    return [`"${line}" is no plain npm script: put it into scripts/ and package.json, and run that`];
  }
  return script in scripts ? [] : [`package.json has no script ${script}: add it, or name another`];
}
