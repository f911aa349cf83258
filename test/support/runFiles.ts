/** What a run left in its folder, to compare runs. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '../../trainer-core/protocol/events.js';
import type { RunState } from '../../trainer-core/protocol/runState.js';

type MetricsLine = Record<string, unknown> & { type: string };

/** The run's `state.json`. */
export const stateOf = (run: string) => JSON.parse(readFileSync(join(run, 'state.json'), 'utf8')) as RunState;

/** The `started` event in what a run wrote with `--json`: before it stands how far the building of its corpus was. */
export function startedIn(out: string): Extract<RunEvent, { type: 'started' }> {
  const events = out.trimEnd().split('\n');
  return events.map((line) => JSON.parse(line) as RunEvent).find((event) => event.type === 'started')!;
}

/** Every line of its metrics; a file that is read while it is written ends in the last whole one. */
export function metricsOf(run: string): MetricsLine[] {
  const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as MetricsLine);
}

/** What must not depend on how often a run was interrupted: losses, rates, norms and scores, step by step. The test is told again by each end. */
export function curve(run: string): MetricsLine[] {
  const told = [
    'type',
    'globalStep',
    'epoch',
    'losses',
    'epochLoss',
    'loss',
    'learningRate',
    'gradNorm',
    'split',
    'metrics',
    'best',
    'report',
  ];
  return metricsOf(run)
    .filter(({ type, split }) => type === 'step' || type === 'epoch' || (type === 'evaluated' && split === 'dev'))
    .map((line) => Object.fromEntries(told.map((key) => [key, line[key]])) as MetricsLine);
}

/** The weights of a finished run. */
export const weightsOf = (run: string) => readFileSync(join(run, 'final', 'model.safetensors'), 'base64');

/** The optimiser's state too, at the end of a run. */
function lastMoments(run: string): string {
  const name = readdirSync(join(run, 'checkpoints')).sort().at(-1) as string;
  return readFileSync(join(run, 'checkpoints', name, 'optimizer.safetensors'), 'base64');
}

/** Both runs came to the same, to the last bit. */
export function assertSameRun(run: string, expected: string): void {
  assert.deepEqual(curve(run), curve(expected));
  assert.ok(weightsOf(run) === weightsOf(expected), 'the final weights differ');
  assert.ok(lastMoments(run) === lastMoments(expected), 'the moments differ');
}
