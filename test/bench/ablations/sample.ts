/** The data of the ablations, made from the sample: text to distil on, text held out from it, and labelled articles. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { atomicFile } from '../../../trainer-core/checkpoint/atomicWrite.js';
import { sampleFolder, sampleTsvs } from '../../../trainer-core/cli/sampleData.js';

/** Paragraphs at the end of the text that no student learns from: of articles that nothing else in it is from. */
const HELD_OUT_PARAGRAPHS = 100;

export interface SampleFiles {
  teacher: string;
  /** Paragraphs of Wikipedia, one a line. */
  text: string;
  heldOut: string;
  train: string;
  dev: string;
  test: string;
}

/** Writes the files into `folder` and gives their absolute paths. */
export async function writeSample(folder: string): Promise<SampleFiles> {
  const file = (name: string) => resolve(folder, name);
  const { text, heldOut } = splitParagraphs(
    gunzipSync(readFileSync(join(sampleFolder(), 'wiki', 'wiki.txt.gz'))).toString('utf8'),
    HELD_OUT_PARAGRAPHS,
  );
  const contents = { 'wiki.txt': text, 'held-out.txt': heldOut };
  for (const [name, lines] of Object.entries(contents)) await writeNew(file(name), lines);
  for (const [split, lines] of Object.entries(sampleTsvs())) await writeNew(file(`${split}.tsv`), lines);
  return {
    teacher: resolve(sampleFolder(), 'teacher'),
    text: file('wiki.txt'),
    heldOut: file('held-out.txt'),
    train: file('train.tsv'),
    dev: file('dev.tsv'),
    test: file('test.tsv'),
  };
}

/** A file that is the same already stays untouched: a corpus is known by its text's time of change. */
async function writeNew(file: string, text: string): Promise<void> {
  if ((await readFile(file, 'utf8').catch(() => null)) !== text) await atomicFile(file, text);
}

/** The last `count` lines, and those before them. */
export function splitParagraphs(lines: string, count: number): { text: string; heldOut: string } {
  const all = lines.trimEnd().split('\n');
  const joined = (part: readonly string[]) => `${part.join('\n')}\n`;
  return { text: joined(all.slice(0, -count)), heldOut: joined(all.slice(-count)) };
}
