/**
 * Times the extractor on one core and prints JSON: `node out/test/bench/wikitext/speed.js DUMP.xml [--rounds N]`.
 * Bytes are of the articles' wikitext as UTF-8, time is the process's own.
 */
import { parseArgs } from 'node:util';
import { extractText } from '../../../trainer-core/wikitext/extractText.js';
import { silentNamespaces } from '../../../trainer-core/wikitext/namespaces.js';
import { readPages } from './pages.js';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '20' } },
});
const [dump] = positionals;
if (dump === undefined) throw new Error('speed.js DUMP.xml');

const pages = readPages(dump);
const options = { lists: false, headings: false, silentNamespaces: silentNamespaces() };
const bytes = pages.reduce((sum, { wikitext }) => sum + Buffer.byteLength(wikitext), 0);
const rates: number[] = [];
let textBytes = 0;
for (let round = 0; round < Number(values.rounds); round++) {
  const before = process.cpuUsage();
  const texts = pages.map(({ wikitext }) => extractText(wikitext, options).paragraphs);
  const { user, system } = process.cpuUsage(before);
  rates.push(bytes / (user + system));
  textBytes = texts.flat().reduce((sum, paragraph) => sum + Buffer.byteLength(paragraph), 0);
}
rates.sort((a, b) => a - b);
const round1 = (value: number) => Math.round(value * 10) / 10;
console.log(
  JSON.stringify({
    pages: pages.length,
    bytes,
    textBytes,
    megabytesPerCpuSecond: { median: round1(rates[rates.length >> 1]!), best: round1(rates.at(-1)!) },
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);
