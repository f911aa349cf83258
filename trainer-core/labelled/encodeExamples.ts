/** Examples as sequences, with a word on how far it is, and stopped when asked to. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type EncodedTexts, EncodedTextsBuilder, type TextCut, type WordEncoder } from '../corpus/encodeTexts.js';
import { TrainerError } from '../protocol/errors.js';
import type { OnStage } from '../protocol/jobs.js';
import type { UnlabelledText } from './readUnlabelled.js';

/** Examples between two looks at the signal: some milliseconds of work. */
const TURN = 64;

/** The sequences of examples. `source`: what they are of, for the progress. Throws `textHasNoPieces` and the signal's reason. */
export async function encodeExamples(
  examples: readonly UnlabelledText[],
  encoder: WordEncoder,
  maxLength: number,
  cut: TextCut,
  { signal, onStage = () => {}, source }: { signal: AbortSignal; onStage?: OnStage; source: string },
): Promise<EncodedTexts> {
  const builder = new EncodedTextsBuilder(encoder, maxLength, cut);
  for (const [done, example] of examples.entries()) {
    if (done % TURN === 0) {
      onStage({ phase: 'tokenizing', done, total: examples.length, unit: 'steps', file: source });
      await nextTurn();
      signal.throwIfAborted();
    }
    const { file, line } = example;
    if (builder.add(example) === 0) throw new TrainerError('textHasNoPieces', { file, line });
  }
  return builder.build();
}
