/** Makes a BERT so small that it is trained in a second, by the trainer's own `pretrain`: a teacher for the distillation under test. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EXTENSION } from './paths.mjs';

/** Pre-trains on `corpus` and puts the model folder at `folder`, beside which it works. */
export function writeTinyTeacher(folder, corpus) {
  const work = mkdtempSync(path.join(path.dirname(folder), '.teacher-'));
  const file = (name, text) => {
    writeFileSync(path.join(work, name), text);
    return path.join(work, name);
  };
  const config = file(
    'tiny.pretrain.json',
    JSON.stringify({
      model: { layers: 2, hidden: 16, heads: 2, ffn: 32, maxPositionEmbeddings: 128 },
      vocab: file('vocab.txt', vocabulary(readFileSync(corpus, 'utf8'))),
      corpus: [corpus],
      corpusSettings: { sequences: 'lines', textDocuments: 'lines' },
      maxSeqLength: 32,
      maxSteps: 2,
      logSteps: 1,
    }),
  );
  const out = path.join(work, 'run');
  const program = [path.join(EXTENSION, 'dist', 'cli.js'), 'pretrain', '--config', config, '--out', out];
  const { status, stderr } = spawnSync(process.execPath, program, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The teacher could not be made:\n${stderr}`);
  renameSync(path.join(out, 'final'), folder);
  rmSync(work, { recursive: true });
}

/** Every character of the text, at the beginning of a word and within one. */
function vocabulary(text) {
  const characters = [...new Set(text.replaceAll(/\s/g, ''))];
  const pieces = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', ...characters, ...characters.map((one) => `##${one}`)];
  return `${pieces.join('\n')}\n`;
}
