/** Where VS Code enters the tests in its extension host: runs every suite with Mocha and writes down each result. */

import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** Called by VS Code; rejects when a test failed, which gives the host's exit code. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', reporter: Mocha.reporters.Base, timeout: 30_000 });
  mocha.suite.emit('pre-require', globalThis, 'extension.test', mocha);
  await import('./extension.test.js');
  await import('./classify.test.js');
  await import('./runs.test.js');
  await import('./start.test.js');
  await import('./corpus.test.js');
  const results: { name: string; error: string | null; durationMs: number }[] = [];
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    const add = (test: Mocha.Runnable, error: string | null) =>
      results.push({ name: test.fullTitle(), error, durationMs: test.duration ?? 0 });
    runner.on('pass', (test) => add(test, null));
    runner.on('fail', (test, error: Error) => add(test, error.stack ?? error.message));
  });
  const file = process.env.WORKBENCH_RESULTS;
  if (file) writeFileSync(file, JSON.stringify(results));
  if (failures > 0) throw new Error(`${failures} tests failed`);
}
