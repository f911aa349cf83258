import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { CancellationToken } from 'vscode';
import type { JobProgress, ModelWritten } from '../trainer-core/protocol/jobs.js';
import { runJob, TrainerEnded } from './trainerJob.js';

/** A folder whose `dist/cli.js` is this script. */
function extensionWith(t: TestContext, script: string): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'job '));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(path.join(folder, 'dist'));
  writeFileSync(path.join(folder, 'dist', 'cli.js'), script);
  return folder;
}

/** A token that is cancelled after so long. */
function token(afterMs?: number): CancellationToken {
  const made = {
    isCancellationRequested: false,
    onCancellationRequested(listener: () => unknown) {
      const timer =
        afterMs === undefined
          ? undefined
          : setTimeout(() => {
              made.isCancellationRequested = true;
              listener();
            }, afterMs);
      return { dispose: () => clearTimeout(timer) };
    },
  };
  return made as unknown as CancellationToken;
}

const print = (message: unknown) => `console.log(${JSON.stringify(JSON.stringify(message))});`;
const result: ModelWritten = { type: 'model', folder: '/モデル "1"' };

describe('a job', () => {
  it('tells its progress and resolves with its result, whatever native code writes in between', async (t) => {
    const progress = { type: 'progress', phase: 'copying', done: 1, total: 2, unit: 'bytes', rate: 1, secondsLeft: 1 };
    const folder = extensionWith(t, `${print(progress)} console.log('engine: a warning'); ${print(result)}`);
    const seen: JobProgress[] = [];
    assert.deepEqual(await runJob(folder, ['import'], token(), (each) => seen.push(each)), result);
    assert.deepEqual(seen, [progress]);
  });

  it('rejects with what was said when it ends without a result', async (t) => {
    const folder = extensionWith(t, 'console.error("no memory"); process.exit(1);');
    await assert.rejects(
      runJob(folder, ['import'], token(), () => {}),
      (error) => error instanceof TrainerEnded && error.stderr === 'no memory\n',
    );
  });

  it('resolves with nothing when it was cancelled', async (t) => {
    const folder = extensionWith(t, 'setTimeout(() => {}, 60_000);');
    assert.equal(await runJob(folder, ['import'], token(200), () => {}), undefined);
  });
});
