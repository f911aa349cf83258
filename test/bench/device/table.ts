/** A report as Markdown, ready for docs/experiments.md. */
import { digits } from './bounds.js';
import type { CaseReport, DeviceReport, Standing } from './report.js';

const KERNELS = 8;

/** @param command what it was run with. */
export function reportTable(report: DeviceReport, command: string): string {
  const { machine, probes, peaks, cases } = report;
  const about = Object.entries(machine).flatMap(([name, value]) => (value === null ? [] : [`${name} ${value}`]));
  const published = peaks.published
    ? [
        `Published peaks of ${peaks.published.card}: fp32 ${peaks.published.tflops.fp32}, TF32 ` +
          `${peaks.published.tflops.tf32 ?? '–'}, half precision ${peaks.published.tflops.half} TFLOP/s (dense), ` +
          `${peaks.published.memoryGBs} GB/s (${peaks.published.source}).`,
      ]
    : [];
  const measured = Object.entries(peaks.measured).map(([name, tflops]) => `${name} ${digits(tflops)} TFLOP/s`);
  const alone = Object.entries(probes).map(
    ([name, { size, trafficGBs, usPerDispatch }]) =>
      `${name}: additions of ${size} × ${size} move ${digits(trafficGBs)} GB/s, an empty dispatch takes ${digits(usPerDispatch)} us`,
  );
  return [
    `Device: ${report.device}; ${about.join(', ')}.`,
    `\`\`\`\n${command}\n\`\`\``,
    ...(measured.length > 0 ? [`A large square product by itself: ${measured.join(', ')}.`] : []),
    ...(alone.length > 0 ? [`${alone.join('; ')}.`] : []),
    ...published,
    standingsTable(cases),
    ...cases.flatMap(profileText),
    ...cases.flatMap(failureText),
  ].join('\n\n');
}

const COLUMNS = [
  'Step',
  'Side',
  's a step',
  'steps/s',
  'TFLOP/s',
  'of own product',
  'of published',
  'RSS, MiB',
  'card, MiB',
  'time ours / it',
];

function standingsTable(cases: readonly CaseReport[]): string {
  const rows = cases.flatMap((each) => each.standings.map((standing) => standingRow(each, standing)));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(COLUMNS), `|---|---|${'--:|'.repeat(COLUMNS.length - 2)}`, ...rows.map(line)].join('\n');
}

function standingRow({ mode, batch, seq, ratios }: CaseReport, standing: Standing): string[] {
  const against = Object.entries(ratios)
    .filter(([pair]) => pair.endsWith(` / ${standing.name}`))
    .map(([pair, ratio]) => `${digits(ratio)} (${pair.split(' / ')[0]?.replace('ours ', '')})`);
  return [
    `${mode} ${batch}×${seq}`,
    standing.name,
    digits(standing.step_s),
    digits(standing.steps_per_s),
    digits(standing.tflops),
    share(standing.of_measured_peak),
    share(standing.of_published_peak),
    whole(standing.peak_rss_MiB),
    whole(standing.card_MiB),
    against.join(', '),
  ];
}

function profileText({ mode, batch, seq, profiles }: CaseReport): string[] {
  return Object.entries(profiles).map(([name, { kernels, clock, hostMs, bounds }]) => {
    const costly = kernels
      .slice(0, KERNELS)
      .map((kernel) => `${kernel.name} ${share(kernel.share)} (${whole(kernel.count)} times, ${digits(kernel.ms)} ms)`);
    const whose =
      clock === 'gpu' ? `by the GPU's clock; the host records for ${digits(hostMs)} ms` : "by the host's clock";
    return `${mode} ${batch}×${seq}, ${name}: ${bounds.says} Kernels of a step, ${whose}: ${costly.join(', ')}.`;
  });
}

function failureText({ mode, batch, seq, failures }: CaseReport): string[] {
  return Object.entries(failures).map(([name, why]) => `${mode} ${batch}×${seq}, ${name}: failed: ${why}`);
}

function share(x: number | null): string {
  return x === null ? '' : `${Number((100 * x).toPrecision(2))} %`;
}

function whole(x: number | null): string {
  return x === null ? '' : Math.round(x).toLocaleString('en-US');
}
