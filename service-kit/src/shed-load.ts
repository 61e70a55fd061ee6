import type { RequestHandler, Response } from 'express';
import { unavailable } from './problem.ts';

/** More at once would only wait for each other until all of them are too late. */
const mostAtOnce = 400;
/** Streams do next to nothing, and stay for minutes. */
const mostStreams = 1_000;

let streams = 0;

/** Answers 503 with Retry-After while a process has as many requests at work as it can end in time. */
export function shedLoad(limit = mostAtOnce): RequestHandler {
  let atWork = 0;
  return (_req, res, next) => {
    if (atWork >= limit) throw unavailable('Too many requests are at work here; try again.');
    atWork += 1;
    let leave = (): void => {
      atWork -= 1;
      leave = () => undefined;
    };
    res.locals.leave = () => leave();
    res.once('close', () => leave());
    next();
  };
}

/** Makes an answer a stream: its request is not at work any more, however long its reader stays. */
export function countAsStream(res: Response): void {
  if (streams >= mostStreams) throw unavailable('Too many streams are open here; try again.');
  streams += 1;
  res.once('close', () => (streams -= 1));
  (res.locals.leave as (() => void) | undefined)?.();
}
