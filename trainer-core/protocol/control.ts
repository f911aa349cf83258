/** What can be asked of a running trainer over its run's socket: JSON-RPC 2.0, method → parameters and result. */

import * as z from 'zod';

const nothing = z.strictObject({});

/** The methods. Requests are answered once they are taken note of; what they bring about is told by events. */
export const TRAINER_REQUESTS = {
  /** Finish the step at hand, save a checkpoint and end. */
  stop: { params: nothing, result: z.null() },
  /** Finish the step at hand and save a checkpoint; answered when it is on disk. */
  saveCheckpoint: { params: nothing, result: z.strictObject({ globalStep: z.int().min(1), folder: z.string() }) },
};

/** A method's name. */
export type TrainerMethod = keyof typeof TRAINER_REQUESTS;

/** What each method takes and gives. */
export type TrainerRequests = {
  [M in TrainerMethod]: {
    params: z.output<(typeof TRAINER_REQUESTS)[M]['params']>;
    result: z.output<(typeof TRAINER_REQUESTS)[M]['result']>;
  };
};
