/** What can be asked of a running trainer over its run's socket: JSON-RPC 2.0, method → parameters and result. */

/** Requests to the trainer. All are answered once they are taken note of; what they bring about is told by events. */
export interface TrainerRequests {
  /** Finish the step at hand, save a checkpoint and end. */
  stop: { params: Record<never, never>; result: null };
  /** Finish the step at hand and save a checkpoint; answered when it is on disk. */
  saveCheckpoint: { params: Record<never, never>; result: { globalStep: number; folder: string } };
}

/** A method's name. */
export type TrainerMethod = keyof TrainerRequests;

/** Every method there is, for the side that answers. */
export const TRAINER_METHODS = ['stop', 'saveCheckpoint'] as const satisfies readonly TrainerMethod[];
