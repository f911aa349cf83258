/** Walks through the questions of a multi-step input, forwards and back. */

/** Where a question stands among the others; `step` counts from 1. */
export interface Place {
  title: string;
  step: number;
  totalSteps: number;
}

/** What the user did at a question. */
export type Moved = 'next' | 'back' | 'cancel';

/** Asks one question and keeps its answer. */
export type Step = (place: Place) => Promise<Moved>;

/** Asks one after another; false as soon as the user cancels. Answers are the steps' own, so that going back finds them again. */
export async function runSteps(title: string, steps: readonly Step[]): Promise<boolean> {
  for (let at = 0; at < steps.length; ) {
    const moved = await steps[at]!({ title, step: at + 1, totalSteps: steps.length });
    if (moved === 'cancel') return false;
    at = moved === 'back' ? Math.max(0, at - 1) : at + 1;
  }
  return true;
}
