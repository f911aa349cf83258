/** Walks through the questions of a multi-step input, forwards and back. */

/** Where a question stands among the others; `step` counts from 1. */
export interface Place {
  title: string;
  step: number;
  totalSteps: number;
}

/** What the user did at a question; `skip`: it was not asked. */
export type Moved = 'next' | 'back' | 'cancel' | 'skip';

/** Asks one question and keeps its answer. */
export type Step = (place: Place) => Promise<Moved>;

/**
 * Asks one after another; false as soon as the user cancels. Answers are the steps' own, so that going back finds them again. The first
 * is always asked.
 */
export async function runSteps(title: string, steps: readonly Step[]): Promise<boolean> {
  let wentBack = false;
  for (let at = 0; at < steps.length; ) {
    const moved = await steps[at]!({ title, step: at + 1, totalSteps: steps.length });
    if (moved === 'cancel') return false;
    if (moved !== 'skip') wentBack = moved === 'back';
    at = wentBack ? Math.max(0, at - 1) : at + 1;
  }
  return true;
}
