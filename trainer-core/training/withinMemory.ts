/** What is done where memory runs out: smaller runs, as far as they can be smaller. */
import { hasCode } from '../protocol/errors.js';
import type { Task } from './task.js';

/**
 * Does a part of a step; where memory runs out, it begins anew with runs of half as many tokens, which come to the same sum.
 * Throws `outOfMemory` where they cannot be smaller.
 * @param onHalved is told how many tokens a run may have, before it begins anew.
 */
export async function withinMemory<T>(
  task: Pick<Task, 'step' | 'halveRuns'>,
  work: () => Promise<T>,
  onHalved: (tokensPerRun: number) => Promise<void> = async () => {},
): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const tokensPerRun = hasCode(error, 'outOfMemory') ? (task.halveRuns?.() ?? null) : null;
      if (tokensPerRun === null) throw error;
      task.step.discard();
      await onHalved(tokensPerRun);
    }
  }
}
