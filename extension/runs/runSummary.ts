/** Reads the last word of a run from its folder (`state.json` and `metrics.jsonl`), cheaply enough to do it at every change. */

import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { RunStatus, RunSummary } from '../../trainer-core/protocol/dashboardMessages.js';
import type { RunEvent } from '../../trainer-core/protocol/events.js';
import type { RunState } from '../../trainer-core/protocol/runState.js';

/** Bytes read from the end of the metrics: thousands of steps, however long the run. */
const TAIL_BYTES = 1024 * 1024;

/**
 * The run in `folder`, or undefined if it is not a run folder with metrics.
 * @param errorMessageOf puts why a run failed into words
 */
export async function readRunSummary(
  folder: string,
  errorMessageOf: (error: NonNullable<RunState['error']>) => string = ({ code }) => code,
): Promise<RunSummary | undefined> {
  const [state, metrics] = await Promise.all([readState(folder), readTail(path.join(folder, 'metrics.jsonl'))]);
  if (!state || !metrics) return undefined;
  const events = metrics.text.split('\n').flatMap(parseEvent);
  const step = events.findLast((event) => event.type === 'step');
  const started = events.findLast((event) => event.type === 'started');
  const status = runStatus(state);
  return {
    folder,
    name: path.basename(folder),
    objective: state.objective,
    status,
    globalStep: step?.globalStep ?? started?.globalStep ?? 0,
    totalSteps: step?.totalSteps ?? started?.totalSteps ?? null,
    loss: step?.losses.total ?? null,
    best: bestOf(events),
    learningRate: step?.learningRate ?? null,
    tokensPerSecond: step?.tokensPerSecond ?? null,
    secondsLeft: status === 'running' ? (step?.secondsLeft ?? null) : null,
    memoryBytes: step?.memoryBytes ?? null,
    updatedMs: metrics.updatedMs,
    error: state.error ? errorMessageOf(state.error) : null,
  };
}

/** The best evaluation on dev within what was read. */
function bestOf(events: readonly RunEvent[]): RunSummary['best'] {
  const metrics = events.flatMap((event) =>
    event.type === 'evaluated' && event.split === 'dev' ? [event.metrics] : [],
  );
  const values = (name: string) => metrics.flatMap((all) => all[name] ?? []);
  const scores = values('macroF1');
  if (scores.length > 0) return { metric: 'macroF1', value: Math.max(...scores) };
  const losses = values('loss');
  return losses.length > 0 ? { metric: 'loss', value: Math.min(...losses) } : null;
}

function runStatus({ status, pid }: RunState): RunStatus {
  return status === 'running' && !isAlive(pid) ? 'interrupted' : status;
}

function isAlive(pid: number): boolean {
  try {
    // Signal 0 asks only whether the process is there.
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Another program may have a `state.json` too, so the fields are checked. */
async function readState(folder: string): Promise<RunState | undefined> {
  try {
    const state = JSON.parse(await readFile(path.join(folder, 'state.json'), 'utf8')) as Partial<RunState> | null;
    const known = ['pretrain', 'distill', 'finetune'].includes(state?.objective ?? '');
    return known && typeof state?.status === 'string' && Number.isInteger(state.pid) ? (state as RunState) : undefined;
  } catch {
    // Gone or not JSON: not a run, or no longer.
    return undefined;
  }
}

async function readTail(file: string): Promise<{ text: string; updatedMs: number } | undefined> {
  const handle = await open(file).catch(() => undefined);
  if (!handle) return undefined;
  try {
    const { size, mtimeMs } = await handle.stat();
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    const { bytesRead } = await handle.read(tail, 0, tail.length, size - tail.length);
    return { text: tail.toString('utf8', 0, bytesRead), updatedMs: mtimeMs };
  } finally {
    await handle.close();
  }
}

/** Nothing for a line that is not whole: the first of the tail, or one being written just now. */
function parseEvent(line: string): RunEvent[] {
  try {
    return [JSON.parse(line) as RunEvent];
  } catch {
    return [];
  }
}
