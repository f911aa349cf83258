/**
 * Compares our text of a dump with WikiExtractor's, sentence by sentence:
 * `node out/test/bench/wikitext/compare.js DUMP.xml FOLDER [--examples N] [--class NAME]`.
 * FOLDER is what `wikiextractor DUMP.xml --output …` wrote. Prints how many of its sentences are in each class of `classes.ts`, and N of each.
 */
import { parseArgs } from 'node:util';
import { CLASSES, type MissingClass, OurPage } from './classes.js';
import { readPages, readWikiExtractor } from './pages.js';
import { sentencesOf } from './sentences.js';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { examples: { type: 'string', default: '0' }, class: { type: 'string' } },
});
const [dump, folder] = positionals;
if (dump === undefined || folder === undefined) throw new Error('compare.js DUMP.xml FOLDER');

const found = new Map<MissingClass, string[]>();
const theirs = readWikiExtractor(folder);
for (const page of readPages(dump)) {
  const lines = theirs.get(page.id);
  if (lines === undefined) continue;
  const ours = new OurPage(page);
  for (const sentence of sentencesOf(lines)) {
    const name = ours.classify(sentence);
    const sentences = found.get(name) ?? [];
    sentences.push(`${page.title}: ${sentence}`);
    found.set(name, sentences);
  }
}

let total = 0;
for (const sentences of found.values()) total += sentences.length;
console.log(`${String(total).padStart(7)}  sentences of WikiExtractor's`);
for (const name of Object.keys(CLASSES) as MissingClass[]) {
  const count = found.get(name)?.length ?? 0;
  console.log(`${String(count).padStart(7)}  ${((100 * count) / total).toFixed(2)} %  ${name}: ${CLASSES[name]}`);
}
for (const [name, sentences] of found) {
  const count = Number(values.examples);
  if (count === 0 || name === 'present' || (values.class !== undefined && values.class !== name)) continue;
  console.log(`\n${name}`);
  const step = Math.max(1, Math.floor(sentences.length / count));
  for (let i = 0; i < sentences.length; i += step) console.log(`  ${sentences[i]}`);
}
