/** `npm run bench -- --mode ablations`: what each setting of a distillation does to a student of the sample's teacher. */
import { join } from 'node:path';
import { atomicFile } from '../../../trainer-core/checkpoint/atomicWrite.js';
import { duration } from '../../../trainer-core/cli/numbers.js';
import { HeldOut } from './heldOut.js';
import { OneRun } from './oneRun.js';
import type { Result } from './result.js';
import { writeSample } from './sample.js';
import { type Row, table } from './table.js';
import { MAX_LENGTH, VARIANTS, variantOf } from './variants.js';

export interface AblationOptions {
  /** Folder of the runs, the results and `table.md`. */
  out: string;
  seeds: readonly number[];
  /** Passes over the text that a student has. */
  epochs: number;
  /** Names of variants; null: all. */
  only: readonly string[] | null;
  signal: AbortSignal;
  say(line: string): void;
}

/**
 * Does the runs that are not done yet, one after another, writes `table.md` after each, and gives the table.
 * It goes on where a stopped or killed call left off.
 */
export async function ablations(options: AblationOptions): Promise<string> {
  const { out, seeds, epochs, only, signal, say } = options;
  const chosen = only?.map((name) => variantOf(name)) ?? VARIANTS;
  const rows: (Row & { results: Map<number, Result> })[] = VARIANTS.map((each) => ({ ...each, results: new Map() }));
  const todo: { run: OneRun; name: string; keep(result: Result): void }[] = [];
  for (const [i, variant] of VARIANTS.entries()) {
    for (const seed of seeds) {
      const run = new OneRun(variant, seed, { epochs }, out);
      const keep = (result: Result) => rows[i]!.results.set(seed, result);
      const done = await run.result();
      if (done) keep(done);
      else if (chosen.includes(variant)) todo.push({ run, name: variant.name, keep });
    }
  }
  const save = async () => await atomicFile(join(out, 'table.md'), table(rows));
  await save();
  if (todo.length === 0) return table(rows);
  say(`${todo.length} runs to do.`);
  const files = await writeSample(join(out, 'data'));
  const heldOut = await HeldOut.read(files, MAX_LENGTH, signal);
  const start = performance.now();
  for (const [i, { run, name, keep }] of todo.entries()) {
    const result = await run.run(files, heldOut, signal);
    if (result === null) break;
    keep(result);
    await save();
    const left = ((performance.now() - start) / 1000 / (i + 1)) * (todo.length - i - 1);
    say(`${i + 1}/${todo.length} ${name}, seed ${run.seed}: ${words(result)} · ${duration(left)} left`);
  }
  if (signal.aborted) say('Stopped. The same command goes on.');
  return table(rows);
}

function words({ scores }: Result): string {
  const { loss, agreement, kl, macroF1 } = scores;
  const percent = (part: number) => `${(100 * part).toFixed(1)} %`;
  return `MLM ${loss.toFixed(3)}, agreement ${percent(agreement)}, KL ${kl.toFixed(3)}, F1 ${percent(macroF1)}`;
}
