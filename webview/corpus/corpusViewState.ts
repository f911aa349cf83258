/** Where the user was on the page of a corpus's statistics; VS Code keeps it while the page is hidden, and when the window is loaded again. */

import * as z from 'zod';

/** Sections that open and close. */
export const PANELS = ['lengthTable', 'input', 'making'] as const;
export type Panel = (typeof PANELS)[number];

const corpusViewState = z.object({
  /** Pixels above the top of the window. */
  scroll: z.number().min(0).catch(0),
  open: z.array(z.enum(PANELS)).catch([]),
});
export type CorpusViewState = z.output<typeof corpusViewState>;

/** The state in what was kept, part by part: what is missing or not understood is as at the first time. */
export function parseViewState(kept: unknown): CorpusViewState {
  return corpusViewState.parse(typeof kept === 'object' && kept !== null ? kept : {});
}
