import { env } from 'node:process';

/** Loaded before a process (NODE_OPTIONS=--import): its clock is wrong by CLOCK_OFFSET_MS. Timers go on as before. */
const offsetMs = Number(env.CLOCK_OFFSET_MS);
const RightDate = Date;
const now = (): number => RightDate.now() + offsetMs;

globalThis.Date = new Proxy(RightDate, {
  construct: (target, values: unknown[], newTarget) =>
    Reflect.construct(target, values.length === 0 ? [now()] : values, newTarget) as Date,
  apply: () => new RightDate(now()).toString(),
  get: (target, name, receiver) => (name === 'now' ? now : (Reflect.get(target, name, receiver) as unknown)),
});
