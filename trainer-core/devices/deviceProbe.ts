/**
 * A process that tries a device out: `deviceProbe.js NAME LIMIT TASK…`. Native code can end it, which is why it is one of its own; what
 * drivers write to standard error is for whoever started it to read. The answers are those of `probeTasks.ts`. It ends itself after LIMIT
 * milliseconds.
 */

import { Worker } from 'node:worker_threads';
import { add, expand, mul, sumAll } from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import type { DeviceName } from '../protocol/devices.js';
import { hasCode } from '../protocol/errors.js';
import { cpuDevice, type Device } from '../runtime/devices.js';
import { float32, scalar } from '../runtime/hostTensor.js';
import type { Lowering } from '../runtime/onnxEncoder.js';
import { attribute, dataType } from '../runtime/onnxSchema.js';
import { Program } from '../runtime/program.js';
import { tensorflowStatus } from '../runtime/tfjs/loadTensorflow.js';
import type { ProbeAnswer, ProbeTask } from './probeTasks.js';
import { timeTraining } from './trainingSample.js';

process.env.ORT_DISABLE_TELEMETRY = '1';

const [name, limit, ...tasks] = process.argv.slice(2) as [DeviceName, string, ...ProbeTask[]];
const device: Device = { ...cpuDevice(), name };

function answer(line: ProbeAnswer): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** The sum of 2x + 1 for x of 1 to 1,000: exact in either precision, and an adapter that answers anything else is none. */
async function run(lowering?: Lowering): Promise<void> {
  const g = new Graph();
  const x = g.input('x', ['n']);
  g.output('y', add(g, mul(g, x, 2), 1));
  const program = await Program.compile(g, { device, ...(lowering && { lowering }) });
  const input = Float32Array.from({ length: 1000 }, (_, i) => i + 1);
  const { y } = await program.run({ x: float32(input, [1000]) });
  await program.dispose();
  const wrong = input.findIndex((value, i) => y?.data[i] !== 2 * value + 1);
  if (wrong >= 0) throw new Error(`2·${input[wrong]} + 1 came out as ${y?.data[wrong]}`);
}

/** Products in half precision; an adapter without `shader-f16` refuses the cast. */
const halfProducts: Lowering = {
  Mul({ e, inputs, outputs }) {
    const halves = inputs.map((input) => e.node('Cast', [input], [attribute.int('to', dataType.float16)]));
    e.node('Cast', [e.node('Mul', halves)], [attribute.int('to', dataType.float32)], outputs[0]);
    return true;
  },
};

async function works(): Promise<boolean> {
  try {
    await run();
    const status = name === 'tensorflow' ? tensorflowStatus() : null;
    const runtime = status?.available ? status.description : null;
    answer({ task: 'run', ok: true, message: '', fault: null, runtime });
    return true;
  } catch (error) {
    const fault = hasCode(error, 'tensorflowUnavailable') ? error.data.fault : null;
    answer({ task: 'run', ok: false, message: reason(error), fault, runtime: null });
    return false;
  }
}

async function half(): Promise<void> {
  await run(halfProducts).then(
    () => answer({ task: 'half', ok: true, message: '' }),
    (error) => answer({ task: 'half', ok: false, message: reason(error) }),
  );
}

/**
 * Asks for more than an adapter is likely to give, which a driver that names its limit refuses by naming it, then for less and less
 * until something is granted. All sizes are a little below a power of two: that itself is above some limits.
 */
async function buffers(): Promise<void> {
  const g = new Graph();
  g.output('y', sumAll(g, expand(g, g.input('x', []), ['rows', 1024])));
  const program = await Program.compile(g, { device });
  for (let bytes = 2 ** 32; bytes >= 2 ** 27; bytes /= 2) {
    const rows = bytes / 4096 - 1;
    const ok = await program.run({ x: scalar(1) }, { bindings: { rows } }).then(
      ({ y }) => y?.data[0] !== 0,
      () => false,
    );
    answer({ task: 'buffers', bytes: rows * 4096, ok });
    if (ok) break;
  }
}

/** Ends this process when its time is over: whoever started it may be gone. Native code that hangs keeps timers of this thread waiting. */
function endAfter(milliseconds: number): void {
  const code = `setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${milliseconds})`;
  new Worker(code, { eval: true }).unref();
}

function reason(error: unknown): string {
  if (hasCode(error, 'engineFailed') || hasCode(error, 'outOfMemory')) return error.data.reason;
  return error instanceof Error ? error.message : String(error);
}

if (tasks.length > 0) {
  endAfter(Number(limit));
  if (await works()) {
    if (tasks.includes('half')) await half();
    if (tasks.includes('time')) answer({ task: 'time', ...(await timeTraining(device)) });
    if (tasks.includes('buffers')) await buffers();
  }
}
