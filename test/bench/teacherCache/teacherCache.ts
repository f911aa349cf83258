/**
 * `npm run bench -- --mode teacher-cache`: what keeping only the teacher's most probable pieces does to the CE loss and its gradient,
 * and to students of the sample's teacher, and what it saves.
 */
import { join } from 'node:path';
import { writeSample } from '../ablations/sample.js';
import { type CacheError, errorsOf } from './errors.js';
import { type CacheRun, trainedWith, VARIANTS } from './runs.js';

export interface TeacherCacheBenchOptions {
  /** Folder of the data and of the runs. */
  out: string;
  seeds: readonly number[];
  say(line: string): void;
}

/** Both tables, as Markdown. */
export async function benchTeacherCache({ out, seeds, say }: TeacherCacheBenchOptions): Promise<string> {
  const files = await writeSample(join(out, 'data'));
  const runs: CacheRun[] = [];
  const errors: CacheError[] = [];
  for (const seed of seeds) {
    for (const variant of VARIANTS) {
      const run = await trainedWith(variant, seed, files, out);
      runs.push(run);
      say(JSON.stringify(run));
      if (runs.length > 1) continue;
      for (const student of [null, run.model]) {
        for (const temperature of [2, 1]) errors.push(...(await errorsOf(files, student, temperature)));
      }
      for (const error of errors) say(JSON.stringify(error));
    }
  }
  return `${table(RUN_COLUMNS, runs)}\n\n${table(ERROR_COLUMNS, errors)}`;
}

type Columns<R> = Record<string, (row: R) => string | number>;

const percent = (part: number) => `${(100 * part).toPrecision(3)} %`;

const RUN_COLUMNS: Columns<CacheRun> = {
  Cache: ({ variant }) => variant,
  Seed: ({ seed }) => seed,
  'MLM loss': ({ scores }) => scores.loss.toFixed(4),
  'KL to the teacher': ({ scores }) => scores.kl.toFixed(4),
  Agreement: ({ scores }) => percent(scores.agreement),
  'Before step 1, CPU s': ({ before }) => before.toFixed(1),
  'Epochs, CPU s': ({ epochs }) => epochs.map((seconds) => seconds.toFixed(1)).join(', '),
  MB: ({ megabytes }) => megabytes.toFixed(1),
};

const ERROR_COLUMNS: Columns<CacheError> = {
  Student: ({ student }) => student,
  Temperature: ({ temperature }) => temperature,
  k: ({ k }) => k,
  'Bytes a row': ({ bytes }) => bytes,
  'Rest of the teacher': ({ rest }) => percent(rest),
  'CE, whole': ({ whole }) => whole.toFixed(4),
  'CE, cached: less by': ({ less }) => less.toFixed(4),
  'float16 alone': ({ half }) => half.toExponential(1),
  'Gradient off by': ({ gradient }) => percent(gradient),
  'of float16': ({ halfGradient }) => percent(halfGradient),
  'without the rest': ({ renormalised }) => percent(renormalised),
};

function table<R>(columns: Columns<R>, rows: readonly R[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const names = Object.keys(columns);
  const body = rows.map((row) => line(names.map((name) => columns[name]!(row))));
  return [line(names), line(names.map(() => '--:')), ...body].join('\n');
}
