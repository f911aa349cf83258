/**
 * Times the tokenizer on one core and prints JSON: `node out/test/bench/tokenizer.js [FILE] [--rounds N]`.
 * FILE is text, a line at a time; default the Wikipedia paragraphs of the tokenizer's fixtures.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { findDictionary, readDictionary } from '../../trainer-core/tokenizer/dictionary.js';
import { JapaneseTokenizer } from '../../trainer-core/tokenizer/tokenizer.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '20' } },
});

function readLines(file: string | undefined): string[] {
  if (file !== undefined) return readFileSync(file, 'utf8').split('\n');
  const goldens = join(root, 'trainer-core/tokenizer/fixtures/goldensWiki.jsonl.gz');
  const lines = gunzipSync(readFileSync(goldens)).toString().trimEnd().split('\n');
  return lines.map((line) => (JSON.parse(line) as { text: string }).text);
}

/** Milliseconds `work` takes, and what it returns. */
function timed<T>(work: () => T): [T, number] {
  const started = performance.now();
  return [work(), performance.now() - started];
}

const lines = readLines(positionals[0]);
const [, dictionaryMs] = timed(() => readDictionary(findDictionary()));
const [tokenizer, loadMs] = timed(() => JapaneseTokenizer.load({ vocabFile: join(root, 'media/vocab/vocab.txt') }));
const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
const rates: number[] = [];
let pieces = 0;
for (let round = 0; round < Number(values.rounds); round++) {
  const before = process.cpuUsage();
  pieces = 0;
  for (const line of lines) pieces += tokenizer.encode(line).length;
  const { user, system } = process.cpuUsage(before);
  rates.push(bytes / (user + system));
}
rates.sort((a, b) => a - b);
console.log(
  JSON.stringify({
    lines: lines.length,
    bytes,
    pieces,
    dictionaryMs: Math.round(dictionaryMs),
    loadMs: Math.round(loadMs),
    megabytesPerCpuSecond: { median: round2(rates[rates.length >> 1]!), best: round2(rates.at(-1)!) },
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
