/** Whether another precision of a model is good enough: its scores and agreement, against those of fp32. */
import { TrainerError } from '../protocol/errors.js';
import type { Precision } from '../protocol/exportConfig.js';
import type { ExportedFile } from '../protocol/jobs.js';
import type { ModelFile } from '../runtime/modelFile.js';
import type { Answers, DevSet, Findings } from './devSet.js';

export type Measured = Pick<ExportedFile, 'scores' | 'agreement' | 'sentenceMs'>;

/** What each model makes of the dev set; fp32 is among them and comes first. Throws `exportNotFinite`. */
export async function measure(
  models: ReadonlyMap<Precision, ModelFile>,
  devSet: DevSet,
  dev: string,
  onBatch: () => void,
): Promise<Map<Precision, Findings>> {
  const findings = new Map<Precision, Findings>();
  let reference: Answers | null = null;
  for (const [precision, model] of models) {
    const answers = await devSet.ask(model, onBatch);
    if (!answers.every((row) => row.every(Number.isFinite)))
      throw new TrainerError('exportNotFinite', { precision, dev });
    reference ??= answers;
    findings.set(precision, devSet.judge(answers, reference));
  }
  return findings;
}

/** Throws `exportWorse` when a score of a precision lies more than `maxDrop` points below that of fp32. */
export function checkQuality(
  findings: ReadonlyMap<Precision, Findings>,
  { dev, examples, maxDrop }: { dev: string; examples: number; maxDrop: number },
): void {
  const full = findings.get('fp32')!.scores;
  for (const [precision, { scores, agreement }] of findings) {
    const compared = Object.entries(scores).map(([name, got]) => ({ name, fp32: full[name]!, got }));
    // Counted in points to nine places, so that a drop of exactly `maxDrop` is none too many.
    if (compared.every(({ fp32, got }) => Number((100 * (fp32 - got)).toFixed(9)) <= maxDrop)) continue;
    throw new TrainerError('exportWorse', { precision, dev, examples, agreement, scores: compared, maxDrop });
  }
}
