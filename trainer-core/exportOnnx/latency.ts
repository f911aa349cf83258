/** How long a model takes for one sentence, as a user of a warm server waits. */
import type { ModelFile } from '../runtime/modelFile.js';

/** Pieces of the sentence, [CLS] and [SEP] counted: a Japanese sentence of about 45 characters. */
export const SENTENCE_PIECES = 32;
const [WARM_UP, RUNS] = [5, 30];

/** Milliseconds of each model, the median of 30 runs, all models in turn so that they share what else the machine does. */
export async function sentenceMs(
  models: readonly ModelFile[],
  { pieces, vocabSize }: { pieces: number; vocabSize: number },
  signal: AbortSignal,
): Promise<number[]> {
  const ids = Int32Array.from({ length: pieces }, (_, i) => (i * 7919) % vocabSize);
  const inputs = { input_ids: ids, attention_mask: ids.map(() => 1), token_type_ids: ids.map(() => 0) };
  const times = models.map((): number[] => []);
  for (let run = -WARM_UP; run < RUNS; run++) {
    for (const [i, model] of models.entries()) {
      signal.throwIfAborted();
      const start = performance.now();
      await model.logits(inputs, [1, pieces]);
      if (run >= 0) times[i]!.push(performance.now() - start);
    }
  }
  return times.map((each) => each.sort((a, b) => a - b)[RUNS / 2]!);
}
