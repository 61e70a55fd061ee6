import { describeFault } from './describe-fault.ts';
import type { Meter } from './meter.ts';
import type { Fault } from './plan-faults.ts';

export interface Progress {
  stop(): void;
}

interface Watched {
  meter: Meter;
  lastsMs: number;
  /** Orders that somebody has seen paid. */
  paid: () => number;
  atWork: () => Fault[];
}

const redrawEveryMs = 250;
/** Where nobody looks at a terminal, a line now and then. */
const lineEveryMs = 10_000;

function describe({ meter, lastsMs, paid, atWork }: Watched): string {
  const left = Math.max(0, Math.ceil((lastsMs - meter.elapsedMs) / 1_000));
  const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
  const rates = `${meter.rate('orders').toFixed(1)} orders/s, ${meter.rate('failed').toFixed(1)} failed answers/s`;
  const faults = atWork().map(describeFault).join('; ') || 'none';
  return `${clock} left, ${meter.total.orders} orders, ${paid()} paid, ${rates}; faults: ${faults}`;
}

/** Says how it goes: one line that changes on a terminal, a line each 10 s elsewhere. */
export function showProgress(watched: Watched): Progress {
  const { isTTY, columns } = process.stdout;
  const draw = (): void => {
    const line = describe(watched);
    if (isTTY) process.stdout.write(`\r\x1b[2K${line.slice(0, columns - 1)}`);
    else console.log(line);
  };
  const timer = setInterval(draw, isTTY ? redrawEveryMs : lineEveryMs);
  return {
    stop() {
      clearInterval(timer);
      draw();
      if (isTTY) process.stdout.write('\n');
    },
  };
}
