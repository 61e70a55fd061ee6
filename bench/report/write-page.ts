import { writeFile } from 'node:fs/promises';
import type { Measured } from '../figures/figure.ts';
import { describeLimit } from './print-table.ts';

const escape = (text: string): string =>
  text.replaceAll(
    /[&<>"]/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign,
  );

const width = 640;
const colours = ['#2563eb', '#16a34a', '#dc2626', '#9333ea', '#ea580c', '#0891b2', '#65a30d'];

function bar(
  y: number,
  { length, colour, label }: { length: number; colour: string; label: string },
): string {
  return `<rect x="0" y="${y}" width="${Math.max(1, length * width)}" height="16" fill="${colour}"/>
<text x="${Math.max(1, length * width) + 6}" y="${y + 13}">${escape(label)}</text>`;
}

/** Reference and shop, one bar each. */
function plotValues({ ours, reference, figure: { unit } }: Measured): string {
  const most = Math.max(ours.value, reference?.value ?? 0);
  const bars = [
    ...(reference
      ? [
          {
            length: reference.value / most,
            colour: '#9ca3af',
            label: `reference ${reference.value.toFixed(1)} ${unit}`,
          },
        ]
      : []),
    { length: ours.value / most, colour: '#2563eb', label: `Tradepost ${ours.value.toFixed(1)} ${unit}` },
  ];
  const drawn = bars.map((one, index) => bar(index * 20, one)).join('\n');
  return `<svg width="${width + 260}" height="${bars.length * 20}" role="img">${drawn}</svg>`;
}

/** Where the processor time of a request goes. */
function plotProcessor({ ours: { cpu } }: Measured): string {
  if (!cpu) return '';
  const parts = [...cpu].filter(([, micros]) => micros >= 0.5);
  const total = parts.reduce((sum, [, micros]) => sum + micros, 0);
  let x = 0;
  const drawn = parts.map(([name, micros], index) => {
    const length = (micros / total) * width;
    const from = x;
    x += length;
    return `<rect x="${from}" y="0" width="${length}" height="16" fill="${colours[index % colours.length]}"><title>${escape(name)} ${Math.round(micros)} µs</title></rect>`;
  });
  const legend = parts
    .map(
      ([name, micros], index) =>
        `<span style="color:${colours[index % colours.length]}">■</span> ${escape(name)} ${Math.round(micros)} µs`,
    )
    .join(' ');
  return `<p>CPU ${Math.round(total)} µs: ${legend}</p><svg width="${width}" height="16" role="img">${drawn.join('')}</svg>`;
}

function toSection(one: Measured): string {
  const { figure, replicas, judged, isMet } = one;
  const outcome = isMet ? 'met' : 'missed';
  return `<section class="${outcome}"><h2>${escape(figure.goal)}, ${replicas} replicas each: ${judged.toFixed(3)} (${escape(describeLimit(one))}, ${outcome})</h2>
<p>${escape(figure.says)}</p>${plotValues(one)}${plotProcessor(one)}</section>`;
}

/** Writes the figures as a page with plots that needs nothing else. */
export async function writePage(file: string, measured: readonly Measured[]): Promise<void> {
  const sections = measured.filter(({ faults }) => faults.length === 0).map(toSection);
  await writeFile(
    file,
    `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Tradepost bench</title>
<style>body{font:15px system-ui;margin:2rem}h2{font-size:1.1rem}svg text{font:12px system-ui}.missed h2{color:#b91c1c}.met h2{color:#15803d}</style></head>
<body><h1>Tradepost bench</h1>
<p>Each figure is the median of its rounds; reference and Tradepost took turns in one run.</p>
${sections.join('\n')}
</body></html>
`,
  );
}
