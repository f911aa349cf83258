/** The sample that comes with the project: where it lies, and the files that are made of it on the user's machine. */

import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atomicFile } from '../checkpoint/atomicWrite.js';
import { livedoorTsvs } from '../corpus/livedoor.js';

/** What is copied into a sample workspace; folders with all the files directly in them. */
const COPIED = [
  ...['README.md', 'README.ja.md', 'texts.txt', 'sample.distill.json', 'sample.finetune.json'],
  ...['teacher', 'wiki', 'livedoor/CREDITS.md'],
];

/** `media/sample`, beside the folder this program was built into. */
export function sampleFolder(): string {
  for (const up of ['..', '../..', '../../..']) {
    const folder = fileURLToPath(new URL(`${up}/media/sample`, import.meta.url));
    if (existsSync(folder)) return folder;
  }
  return resolve('media/sample');
}

/** The three TSVs, made here and not shipped, because the articles may only be passed on unmodified. */
export function sampleTsvs(): ReturnType<typeof livedoorTsvs> {
  const livedoor = join(sampleFolder(), 'livedoor');
  return livedoorTsvs(join(livedoor, 'livedoor-sample.tar.gz'), join(livedoor, 'split.json'));
}

/**
 * Writes what is missing of the sample workspace into `folder`: a teacher, text, TSVs, configs for both trainings, sentences to
 * classify. What is there stays as it is, so calling it again goes on after a stop. Throws `folderNotWritable` and `diskFull`.
 */
export async function writeSampleWorkspace(folder: string, signal: AbortSignal): Promise<void> {
  const sample = sampleFolder();
  const write = async (name: string, contents: () => Promise<Buffer | string>) => {
    signal.throwIfAborted();
    const file = join(folder, name);
    if (!existsSync(file)) await atomicFile(file, [Buffer.from(await contents())]);
  };
  for (const name of await filesOf(sample, COPIED)) await write(name, () => readFile(join(sample, name)));
  for (const [split, text] of Object.entries(sampleTsvs())) await write(`livedoor/${split}.tsv`, async () => text);
}

async function filesOf(folder: string, names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    names.map(async (name) => {
      const inside = await readdir(join(folder, name)).catch(() => undefined);
      return inside?.map((file) => `${name}/${file}`) ?? [name];
    }),
  );
  return found.flat();
}
