/** What the extension and the page of a corpus's statistics say to each other; each side checks what it gets against these schemas. */

import * as z from 'zod';
import { corpusManifest } from './corpusManifest.js';

/** What the extension tells the page. */
export const corpusPageMessage = z.discriminatedUnion('type', [
  /** The corpus as it is on the disk now; sent when the page is ready and after each change. `folder` is as people read it. */
  z.strictObject({ type: z.literal('corpus'), name: z.string(), folder: z.string(), manifest: corpusManifest }),
  /** There is none to show, and why, in the user's language. */
  z.strictObject({ type: z.literal('problem'), message: z.string() }),
]);
export type CorpusPageMessage = z.output<typeof corpusPageMessage>;

/** What can be done with a corpus from its page. */
export const CORPUS_ACTIONS = ['startDistillation', 'revealFolder', 'openText'] as const;
export type CorpusAction = (typeof CORPUS_ACTIONS)[number];

/** What the page tells the extension. */
export const corpusViewMessage = z.discriminatedUnion('type', [
  /** The page is listening; sent once after each load. */
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('action'), action: z.enum(CORPUS_ACTIONS) }),
]);
export type CorpusViewMessage = z.output<typeof corpusViewMessage>;
