/** The scalars of a run's events under TensorBoard's tags: those of Hugging Face's `distiller.py` where it has one, then ours. */
import type { RunEvent } from '../protocol/events.js';

export type Scalars = [tag: string, value: number][];

/** Every number of an event that changes from one event of its type to the next; of others, none. */
export function runScalars(event: RunEvent): Scalars {
  switch (event.type) {
    case 'step':
      return stepScalars(event);
    case 'epoch':
      return [['epoch/loss', event.loss]];
    case 'evaluated': {
      const folder = event.split === 'dev' ? 'validation' : 'test';
      const classes = event.report && 'classes' in event.report ? event.report.classes : [];
      return [
        ...Object.entries(event.metrics).map(([name, value]): Scalars[number] => [`${folder}/${name}`, value]),
        ...classes.map(({ label, f1 }): Scalars[number] => [`${folder}_f1/${label}`, f1]),
      ];
    }
    default:
      return [];
  }
}

function stepScalars(event: Extract<RunEvent, { type: 'step' }>): Scalars {
  const { total, ...parts } = event.losses;
  const known: [tag: string, value: number | undefined][] = [
    ['losses/cum_avg_loss_epoch', event.epochLoss],
    ['losses/loss', total],
    ...Object.entries(parts).map(([name, value]): Scalars[number] => [`losses/loss_${name}`, value]),
    ['learning_rate/lr', event.learningRate],
    // Megabytes, as the reference has it; its own is what the whole machine uses.
    ['global/memory_usage', megabytes(event.memoryBytes)],
    ['global/device_memory_usage', megabytes(event.device?.memoryUsedBytes)],
    ['global/device_utilization', event.device?.utilization],
    ['global/speed', event.seconds],
    ['global/grad_norm', event.gradNorm],
    ['global/loss_scale', event.lossScale],
    ['global/skipped_steps', event.skippedSteps],
    ['global/tokens_per_second', event.tokensPerSecond],
    ['global/epoch', event.epoch],
    ['global/seconds_left', event.secondsLeft],
  ];
  return known.filter((scalar): scalar is Scalars[number] => scalar[1] !== undefined);
}

function megabytes(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : bytes / 1e6;
}
