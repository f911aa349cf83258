/** Memory and time of training in a Loop (docs/decisions/0036-cuda-in-a-loop.md) beside the host's step, both on the CPU's provider. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./loopRun.js', import.meta.url));

/** Each in a process of its own, whose greatest memory is told. */
export function benchLoop(steps: number): unknown[] {
  return ['cpu', 'cuda'].map((device) =>
    JSON.parse(execFileSync(process.execPath, [PROGRAM, device, String(steps)], { encoding: 'utf8' })),
  );
}
