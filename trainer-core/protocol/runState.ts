/** What `state.json` of a run folder says, so that a run can be found, followed and controlled by another process. */

import type { ErrorCode } from './errors.js';
import type { Objective, PrecisionChoice } from './events.js';

/** Written when a run starts, resumes and ends; always whole. */
export interface RunState {
  objective: Objective;
  /** `running` is still there after a kill: believe it only while the process lives. */
  status: 'running' | 'finished' | 'stopped' | 'failed';
  /** The trainer's process. */
  pid: number;
  /** Where the trainer takes `TrainerRequests` (protocol/control.ts) while it runs: a Unix socket's path or a named pipe's. */
  socket?: string;
  /** Where it computes, or did: the name that the setting has for it, and the processor's or card's own. Absent in runs of version 0.1. */
  device?: { name: string; description: string };
  /** What was chosen where the setting `precision` left it to a check; absent where there was nothing to choose, and while the run is on a device that cannot compute so. */
  precision?: PrecisionChoice;
  /** What a pre-training or distillation learns from; a resumed run must find the same. Absent in runs of version 0.1. */
  corpus?: RunCorpus;
  /** Why a run failed; absent where the fault is none a user can cause. */
  error?: { code: ErrorCode; data: unknown };
}

/** A corpus by its folder, and the SHA-256 of its corpus.json, which holds the checksums of everything else. */
export interface RunCorpus {
  folder: string;
  sha256: string;
}
