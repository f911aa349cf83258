/** Finds the vocabulary that `--model` names. */

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkTexts } from '../hub/checkModel.js';
import { vocabFileOf } from '../hub/modelFiles.js';
import { TrainerError } from '../protocol/errors.js';
import type { Option } from './options.js';

/** The flag that names a vocabulary. */
export const MODEL_OPTION = {
  type: 'string',
  value: 'PATH',
  required: true,
  meaning: 'A model folder with vocab.txt, or a vocab.txt.',
} as const satisfies Option;

/**
 * `model` itself when it is a file, else the vocab.txt of that folder, after a check that the model in it is one whose text we cut.
 * Throws what `checkTexts` throws; a file that is not there is left for its reader to complain of.
 */
export async function vocabularyOf(model: string): Promise<string> {
  if (!statSync(model, { throwIfNoEntry: false })?.isDirectory()) return model;
  if (existsSync(join(model, 'config.json'))) await checkTexts(model);
  const file = vocabFileOf(model);
  if (!existsSync(file)) throw new TrainerError('modelHasNoVocabulary', { folder: model });
  return file;
}
