import { describeFault, laneOf } from './describe-fault.ts';
import type { Second } from './meter.ts';
import type { FaultRecord } from './unleash-faults.ts';

export interface TimelineData {
  seconds: readonly Second[];
  records: readonly FaultRecord[];
  lastsMs: number;
}

const [width, left, right] = [1100, 190, 15];
const [curveHeight, laneHeight, gap] = [110, 20, 34];
const plotWidth = width - left - right;
const shortestBar = 3;

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}

interface Scale {
  x: (ms: number) => number;
  endMs: number;
}

function drawTicks({ x, endMs }: Scale, height: number): string {
  const stepMs = [5, 10, 30, 60, 120, 300, 600, 3_600].map((s) => s * 1_000).find((ms) => endMs / ms <= 12);
  const every = stepMs ?? 3_600_000;
  const ticks = Array.from({ length: Math.floor(endMs / every) + 1 }, (_unused, index) => index * every);
  return ticks
    .map((ms) => {
      const at = x(ms).toFixed(1);
      const label = `${Math.floor(ms / 60_000)}:${String((ms / 1_000) % 60).padStart(2, '0')}`;
      return `<line class="grid" x1="${at}" x2="${at}" y1="0" y2="${height}"/><text class="tick" x="${at}" y="${height + 14}">${label}</text>`;
    })
    .join('');
}

/** One value per second, as a filled curve with its greatest value beside it. */
function drawCurve(
  { x }: Scale,
  values: readonly number[],
  { top, title, kind }: { top: number; title: string; kind: string },
): string {
  const most = Math.max(1, ...values);
  const bottom = top + curveHeight;
  const y = (value: number): string => (bottom - (value / most) * curveHeight).toFixed(1);
  const points = values.map((value, second) => `${x((second + 0.5) * 1_000).toFixed(1)},${y(value)}`);
  const [from, to] = [x(500).toFixed(1), x((values.length - 0.5) * 1_000).toFixed(1)];
  return [
    `<text class="title" x="${left - 12}" y="${top + curveHeight / 2}">${title}</text>`,
    `<text class="tick end" x="${left - 12}" y="${top + 10}">${most}</text>`,
    `<polygon class="${kind} area" points="${from},${bottom} ${points.join(' ')} ${to},${bottom}"/>`,
    `<polyline class="${kind}" points="${points.join(' ')}"/>`,
    `<line class="axis" x1="${left}" x2="${width - right}" y1="${bottom}" y2="${bottom}"/>`,
  ].join('');
}

function drawBar(
  { x, endMs }: Scale,
  { planned, beganMs, endedMs = endMs }: FaultRecord,
  top: number,
): string {
  const from = x(beganMs);
  const barWidth = Math.max(shortestBar, x(Math.min(endedMs, endMs)) - from);
  const tip = `${planned.number}. ${describeFault(planned.fault)}, from ${(beganMs / 1_000).toFixed(1)} s to ${(endedMs / 1_000).toFixed(1)} s`;
  return `<rect class="bar ${planned.fault.kind}" x="${from.toFixed(1)}" y="${top + 4}" width="${barWidth.toFixed(1)}" height="${laneHeight - 8}" rx="2"><title>${escapeHtml(tip)}</title></rect>`;
}

function drawLanes(
  scale: Scale,
  records: readonly FaultRecord[],
  top: number,
): { svg: string; height: number } {
  const lanes = [...Map.groupBy(records, ({ planned }) => laneOf(planned.fault))].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const svg = lanes.map(([lane, ofLane], index) => {
    const y = top + index * laneHeight;
    const label = `<text class="title" x="${left - 12}" y="${y + 14}">${escapeHtml(lane)}</text>`;
    return label + ofLane.map((record) => drawBar(scale, record, y)).join('');
  });
  return { svg: svg.join(''), height: lanes.length * laneHeight };
}

/** Orders and failed answers per second and the faults, above each other on one line of time. */
export function drawTimeline({ seconds, records, lastsMs }: TimelineData): string {
  const endMs = Math.max(lastsMs, seconds.length * 1_000);
  const scale: Scale = { endMs, x: (ms) => left + (ms / endMs) * plotWidth };
  const failedTop = curveHeight + gap;
  const lanesTop = failedTop + curveHeight + gap;
  const lanes = drawLanes(scale, records, lanesTop);
  const height = lanesTop + lanes.height;
  const percent = seconds.map(({ failed, answers }) => Math.round((100 * failed) / Math.max(1, answers)));
  const orders = seconds.map((second) => second.orders);
  return [
    `<svg viewBox="0 -8 ${width} ${height + 32}" role="img" aria-label="Orders, failed answers and faults over time">`,
    drawTicks(scale, height),
    drawCurve(scale, orders, { top: 0, title: 'orders per second', kind: 'orders' }),
    drawCurve(scale, percent, { top: failedTop, title: 'failed answers, %', kind: 'failed' }),
    lanes.svg,
    '</svg>',
  ].join('\n');
}
