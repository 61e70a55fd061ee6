import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDataDirectory } from '../local/data-directory.ts';
import { describeClock, describeFault } from './describe-fault.ts';
import { drawTimeline, escapeHtml } from './draw-timeline.ts';
import type { FaultPlan } from './plan-faults.ts';
import type { Outcome } from './proof-ground.ts';

const dataDirectory = join(import.meta.dirname, '../../.data');

const style = `
  body { font: 15px/1.5 system-ui, sans-serif; color: #1f2933; background: #fff; max-width: 1120px; margin: 2rem auto; padding: 0 1rem }
  h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2rem }
  .verdict { padding: .6rem 1rem; border-radius: 6px; background: #e3f9e5; border: 1px solid #91d89b }
  .verdict.bad { background: #ffeeee; border-color: #f29b9b }
  table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #e4e7eb; vertical-align: top }
  th:nth-child(-n+3), td.number { text-align: right; width: 4.5rem; font-variant-numeric: tabular-nums } code { background: #f5f7fa; padding: .1rem .3rem; border-radius: 3px }
  li { overflow-wrap: anywhere } svg { width: 100%; height: auto }
  svg text { font: 12px system-ui, sans-serif; fill: #52606d } .title { text-anchor: end } .tick { text-anchor: middle; fill: #7b8794 } .tick.end { text-anchor: end }
  .grid { stroke: #eef1f4 } .axis { stroke: #9aa5b1 } polyline { fill: none; stroke-width: 1.5 } .area { stroke: none; opacity: .15 }
  .orders { stroke: #2186eb } .orders.area { fill: #2186eb } .failed { stroke: #d64545 } .failed.area { fill: #d64545 }
  .kill { fill: #d64545 } .freeze { fill: #2186eb } .reload { fill: #7b8794 } .link { fill: #de911d } .provider { fill: #8662c7 }
  .key span { margin-right: 1rem } .key i { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; margin-right: .3rem; vertical-align: -1px }`;

const colours: [name: string, colour: string][] = [
  ['kill -9', '#d64545'],
  ['SIGSTOP', '#2186eb'],
  ['reload', '#7b8794'],
  ['between services', '#de911d'],
  ['provider', '#8662c7'],
];

function listOf(lines: readonly string[]): string {
  return `<ul>${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`;
}

function tableOfFaults({ faults }: FaultPlan): string {
  const rows = faults.map(({ number, atMs, lastsMs, fault }) => {
    const cells = [
      String(number),
      (atMs / 1_000).toFixed(1),
      lastsMs === 0 ? '' : (lastsMs / 1_000).toFixed(1),
    ];
    const numbers = cells.map((cell) => `<td class="number">${cell}</td>`).join('');
    return `<tr>${numbers}<td>${escapeHtml(describeFault(fault))}</td></tr>`;
  });
  return `<table><tr><th>no.</th><th>at, s</th><th>lasts, s</th><th>what</th></tr>${rows.join('')}</table>`;
}

/** The sentence that a proof comes to. */
export function verdictOf({ sums, breaches, plan }: Outcome): string {
  const counted = `${sums.orders} orders, ${sums.captures} captures`;
  const repeat = `repeat with --seed ${plan.seed}`;
  if (breaches.length === 0) return `sold <= stock for every product; ${counted}, 0 breaches; ${repeat}`;
  return `${counted}, ${breaches.length} ${breaches.length === 1 ? 'breach' : 'breaches'}; ${repeat}`;
}

function render(outcome: Outcome): string {
  const { plan, choices, breaches, facts, auditLines, seconds, records, lastsMs } = outcome;
  const key = colours
    .map(([name, colour]) => `<span><i style="background:${colour}"></i>${name}</span>`)
    .join('');
  const command = `npm run prove -- --seed ${plan.seed} --minutes ${choices.minutes} --buyers ${choices.buyers}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Proof ${plan.seed}</title><style>${style}</style></head>
<body>
<h1>Proof with seed ${plan.seed}</h1>
<p class="verdict${breaches.length === 0 ? '' : ' bad'}">${escapeHtml(verdictOf(outcome))}</p>
<p><code>${escapeHtml(command)}</code></p>
${drawTimeline({ seconds, records, lastsMs })}
<p class="key">${key}</p>
${breaches.length === 0 ? '' : `<h2>Breaches</h2>${listOf(breaches)}`}
<h2>What was done</h2>${listOf(facts)}
<h2>Audit</h2>${listOf(auditLines)}
<h2>Plan</h2>
<p>From the seed alone; all the time, ${escapeHtml(describeClock(plan.wrongClock))}.</p>
${tableOfFaults(plan)}
</body></html>
`;
}

/** Writes the report into the local data directory; answers its path. */
export async function writeReport(outcome: Outcome): Promise<string> {
  // Without the mark of a data directory, npm start would take it for somebody else's.
  if (!existsSync(dataDirectory)) await (await openDataDirectory(dataDirectory)).unlock();
  const directory = join(dataDirectory, 'proof');
  await mkdir(directory, { recursive: true });
  const file = join(directory, `${outcome.plan.seed}.html`);
  await writeFile(file, render(outcome));
  return file;
}
