/**
 * `npm test`: installs what is missing, type-checks, lints, builds, runs every test.
 * `npm test -- corpus masking` runs only the test files whose path contains one of the words; flags go on to `node --test`.
 */

import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { ensure, ROOT, run } from './ensure.mjs';

ensure();
const flags = process.argv.slice(2).filter((argument) => argument.startsWith('-'));
const words = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));

// The compiler leaves behind what it made of deleted files, and their tests would still run.
rmSync(join(ROOT, 'out'), { recursive: true, force: true });
run(process.execPath, ['node_modules/typescript/bin/tsc', '-b']);
run(process.execPath, ['node_modules/@biomejs/biome/bin/biome', 'ci', '.']);
await build();

const files = readdirSync(join(ROOT, 'out'), { recursive: true })
  .filter((name) => name.endsWith('.test.js'))
  .map((name) => join('out', name))
  .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
  .sort();
if (files.length === 0) {
  console.error(`No test file matches: ${words.join(' ')}`);
  process.exit(1);
}
// What `auto` stands for must not depend on the machine: losses are compared to the bit.
const env = { ORT_DISABLE_TELEMETRY: '1', DISTILBERT_STUDIO_DEVICE: 'cpu' };
const notRun = 'out/not-run';
const reporters = [
  ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
  ...['--test-reporter=./scripts/notRun.mjs', `--test-reporter-destination=${notRun}`],
];
run(process.execPath, ['--test', ...reporters, ...flags, ...files], env);

// The workbench is a real VS Code in a browser: it comes last because it takes longest.
const workbench = 'test/workbench/run.mjs';
if (existsSync(join(ROOT, workbench)) && (words.length === 0 || words.includes('workbench'))) {
  run(process.execPath, [workbench]);
}
// Last, where it is seen.
process.stdout.write(readFileSync(join(ROOT, notRun)));
