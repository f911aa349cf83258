/** Says that devices are being timed, which takes seconds and is done once a machine. */

import type { OnStage } from '../protocol/jobs.js';
import type { CommandContext } from './command.js';
import { JobProgressView } from './jobProgress.js';

/**
 * What `chooseDevice` is given by a command whose standard output has no progress: that goes to standard error, to people alone.
 * `end` closes an open line.
 */
export function choosing(context: CommandContext): { signal: AbortSignal; onStage: OnStage; end(): void } {
  const { stdout, stderr, json, language, signal } = context;
  const view = new JobProgressView({ stdout, stderr, json: false, language });
  return { signal, onStage: json ? () => {} : view.onStage, end: () => view.end() };
}
