/** Makes inputs of a corpus: text, and files packed by the real programs. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import type { Compression, InputFile, InputFormat, InputOptions } from '../../trainer-core/documents/inputs.js';
import { isInstalled } from '../../trainer-core/documents/program.js';

/** A folder for a test file's inputs, removed after its tests. `write` gives the path of what it wrote. */
export function inputFolder(name: string): {
  folder: string;
  write(file: string, contents: string | Uint8Array): string;
} {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  after(() => rmSync(folder, { recursive: true }));
  return {
    folder,
    write(file, contents) {
      const path = join(folder, file);
      writeFileSync(path, contents);
      return path;
    },
  };
}

export function inputFile(file: string, format: InputFormat, compression: Compression = 'none'): InputFile {
  return { file, format, compression, sizeBytes: statSync(file).size };
}

export const INPUT_OPTIONS: InputOptions = {
  textDocuments: 'blankLines',
  textField: 'text',
  lists: false,
  headings: false,
  disambiguations: false,
  anyLanguage: false,
};

/** Whether a Debian program is there. Without it the test fails under CI=true and is skipped elsewhere. */
export function needs(t: TestContext, program: string): boolean {
  if (isInstalled(program)) return true;
  assert.notEqual(process.env.CI, 'true', `${program} is not installed`);
  t.skip(`${program} is not installed`);
  return false;
}

/** What a program such as `bzip2 -9` makes of its standard input. */
export function packedBy(program: string, args: readonly string[], bytes: string | Uint8Array): Buffer {
  return execFileSync(program, [...args, '-c'], { input: bytes, maxBuffer: 1 << 30 });
}

/** Text that is about as hard to pack as real text, the same each time. */
export function proseOf(seed: number, characters: number): string {
  const letters = 'のにはをたがでてとしれさあいうえおかきくけこ山川海空人日本語。、';
  let state = seed * 2654435761 + 1;
  let text = '';
  while (text.length < characters) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    text += letters[Math.floor((state / 2 ** 32) * letters.length)];
  }
  return text;
}
