import { type Fault, faults } from './faults.ts';
import type { Outcome } from './read-results.ts';

export interface Results {
  outcomes: ReadonlyMap<string, Outcome>;
  healed: ReadonlyMap<string, number>;
}

const link = (shownBy: string): string =>
  shownBy.startsWith('npm ') ? `\`${shownBy}\`` : `[${shownBy}](../${shownBy})`;

function tellHealed({ name, shownBy, heals }: Fault, { outcomes, healed }: Results): string {
  const seconds = healed.get(name);
  if (seconds !== undefined) return `${seconds.toFixed(1)} s`;
  if (heals !== undefined) return heals;
  const found = shownBy.map((file) => outcomes.get(file));
  return found.includes('skipped') ? 'not tried here' : '**failed**';
}

/** Whether each fault that is to be measured was, or could not be tried on this machine. */
export function listFailed(results: Results): string[] {
  return faults.filter((fault) => tellHealed(fault, results) === '**failed**').map(({ says }) => says);
}

/** A row for each fault of the specification. */
export function renderTable(results: Results): string {
  const rows = faults.map((fault) => {
    const shownBy = fault.shownBy.map(link).join(', ');
    return `| ${fault.says} | ${shownBy} | ${tellHealed(fault, results)} |`;
  });
  return ['| fault | what shows it | healed within |', '| --- | --- | --- |', ...rows].join('\n');
}
