/**
 * Makes the Livedoor half of the text that the sample teacher was pre-trained on: every article of the original corpus
 * except those of the sample's dev and test split, one paragraph a line, each paragraph once.
 *
 *   node scripts/samplePretrainingText.mjs livedoor-news-corpus.tar.gz OUT.txt      (after `npm run build`)
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readLivedoor, readLivedoorSplit } from '../out/trainer-core/corpus/livedoor.js';

const [archive, out] = process.argv.slice(2);
if (archive === undefined || out === undefined) {
  console.error('usage: node scripts/samplePretrainingText.mjs ARCHIVE OUT');
  process.exit(2);
}

const splitFile = fileURLToPath(new URL('../media/sample/livedoor/split.json', import.meta.url));
const { dev, test } = readLivedoorSplit(splitFile);
const heldBack = new Set([...dev, ...test]);

const paragraphs = new Set();
let articles = 0;
for (const { name, title, body } of readLivedoor(archive).values()) {
  if (heldBack.has(name)) continue;
  articles += 1;
  for (const line of [title, ...body]) paragraphs.add(line.replace(/\s+/g, ' ').trim());
}
paragraphs.delete('');

const text = Buffer.from(`${[...paragraphs].join('\n')}\n`);
writeFileSync(out, text);
console.log(`${articles} articles, ${heldBack.size} held back, ${paragraphs.size} paragraphs, ${text.length} bytes`);
