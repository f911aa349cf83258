/** What `state.json` of a run folder says, so that a run can be found and followed by another process. */

import type { Objective } from './events.js';

/** Written when a run starts, resumes and ends; always whole. */
export interface RunState {
  objective: Objective;
  /** `running` is still there after a kill: believe it only while the process lives. */
  status: 'running' | 'finished' | 'stopped' | 'failed';
  /** The trainer's process. */
  pid: number;
}
