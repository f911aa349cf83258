/**
 * `npm run livedoor -- --model DIR --archive FILE`: fine-tunes a model on the whole Livedoor News corpus with several seeds, scores
 * it on the test part, and prints a Markdown table with two baselines and published figures beside it. A run that is done is not
 * done again; one that broke off goes on.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { livedoorTsvs, readLivedoor } from '../../trainer-core/corpus/livedoor.js';
import type { LabelledData } from '../../trainer-core/labelled/labelledExample.js';
import { readLabelled } from '../../trainer-core/labelled/readLabelled.js';
import { classificationReport } from '../../trainer-core/scores/classificationReport.js';
import { linear, majority, type Predict } from './baselines.js';
import { resultTable, type Scores } from './resultTable.js';
import { splitHash, stratifiedSplit } from './split.js';

const PROGRAM = fileURLToPath(new URL('../../trainer-core/cli/main.js', import.meta.url));
const PRESETS = fileURLToPath(new URL('../../../media/presets/', import.meta.url));

const USAGE = `npm run livedoor -- --archive FILE [--model DIR] [options] [-- SETTINGS OF finetune]
  --archive FILE  livedoor-news-corpus.tar.gz (in other places ldcc-20140209.tar.gz), or the folder it unpacks to
  --model DIR     the model to fine-tune; without it only the baselines
  --preset NAME   recommended or published: the settings of media/presets/NAME.finetune.json (recommended)
  --seeds N       runs, with the seeds 1 to N (3)
  --out DIR       where the split, the runs and table.md go (runs/livedoor)
For example: npm run livedoor -- --archive livedoor-news-corpus.tar.gz --model runs/student/final -- --num-epochs 5`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    archive: { type: 'string' },
    model: { type: 'string' },
    preset: { type: 'string', default: 'recommended' },
    seeds: { type: 'string', default: '3' },
    out: { type: 'string', default: 'runs/livedoor' },
    help: { type: 'boolean' },
  },
});
const seeds = Array.from({ length: Number(values.seeds) }, (_, at) => at + 1);
if (values.help || values.archive === undefined || seeds.length === 0) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 2);
}
const { archive, model, preset, out } = values;

mkdirSync(out, { recursive: true });
const split = stratifiedSplit(readLivedoor(archive).keys());
const splitFile = join(out, 'split.json');
writeFileSync(splitFile, JSON.stringify(split));
for (const [name, text] of Object.entries(livedoorTsvs(archive, splitFile))) writeFileSync(tsv(name), text);
const data = await readLabelled(tsv('train'));
const test = await readLabelled(tsv('test'), { labels: data.labels });

const rows: [string, Scores[]][] = [
  ['Always the commonest class', [scored(majority(data.examples, data.labels.length), test)]],
  [
    'Linear, characters 1 to 3, whole text',
    seeds.map((seed) => scored(linear(data.examples, data.labels.length, seed), test)),
  ],
];
if (model !== undefined) rows.push([`${model}, fine-tuned`, seeds.map((seed) => fineTuned(seed))]);
const table = resultTable({
  articles: [split.train.length, split.dev.length, split.test.length],
  hash: splitHash(split),
  rows,
});
writeFileSync(join(out, 'table.md'), table);
console.log(table);

function tsv(part: string): string {
  return join(out, `${part}.tsv`);
}

/** Runs `finetune` to its end, whatever part of it is done, and scores what it made on the test part. */
function fineTuned(seed: number): Scores {
  const run = join(out, `seed-${seed}`);
  const final = join(run, 'final');
  if (!existsSync(final)) {
    const config = join(out, `seed-${seed}.finetune.json`);
    writeFileSync(config, readFileSync(join(PRESETS, `${preset}.finetune.json`)));
    const [where, learn, dev] = [model!, tsv('train'), tsv('dev')].map((file) => resolve(file)) as [
      string,
      string,
      string,
    ];
    program(
      existsSync(run)
        ? ['finetune', '--out', run, '--resume']
        : [
            ...['finetune', '--config', resolve(config), '--model', where, '--train', learn, '--dev', dev],
            ...['--out', run, '--seed', `${seed}`, ...positionals],
          ],
    );
  }
  const lines = program(['evaluate', '--model', final, '--data', tsv('test'), '--json'])
    .trimEnd()
    .split('\n');
  return JSON.parse(lines.at(-1)!).report;
}

/** Its standard output; what it says of its progress goes to the terminal. */
function program(argv: readonly string[]): string {
  const { status, stdout } = spawnSync(process.execPath, [PROGRAM, ...argv], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) {
    console.error(`${argv[0]} ended with ${status}. Run the same command again to go on.`);
    process.exit(1);
  }
  return stdout;
}

function scored(predict: Predict, { labels, examples }: LabelledData): Scores {
  const answers = examples.map((example) => {
    const probabilities = new Array<number>(labels.length).fill(0);
    probabilities[predict(example.text)] = 1;
    return { ...example, probabilities };
  });
  return classificationReport(labels, answers);
}
