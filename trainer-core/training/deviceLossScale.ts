/**
 * Half precision's scale of the loss as a device keeps it, which moves it by itself (`scaledNormGraph`), so that no step waits for the
 * host to hear of the one before. The host comes to the same from the results (`nextLossScale`).
 */
import type { LossScale } from '../optim/lossScale.js';
import type { DeviceMemory } from '../runtime/deviceMemory.js';
import type { DeviceTensor } from '../runtime/deviceTensor.js';
import { float32 } from '../runtime/hostTensor.js';
import { madeWhole } from '../runtime/madeWhole.js';
import { newName, SCALING } from './deviceStepGraphs.js';

type Scaling = Record<(typeof SCALING)[number], DeviceTensor>;

export class DeviceLossScale {
  /** What the gradients of the step at hand, or of the last one, are multiplied with; null before the first. */
  #ofGradients: DeviceTensor | null = null;

  private constructor(private next: Scaling) {}

  /** @param steps that have moved weights so far. */
  static async create(memory: DeviceMemory, { scale, goodSteps }: LossScale, steps: number): Promise<DeviceLossScale> {
    return await madeWhole(async (own) => {
      const upload = async (x: number) => own(await memory.upload(float32(Float32Array.of(x), [1, 1])));
      return new DeviceLossScale({
        scale: await upload(scale),
        goodSteps: await upload(goodSteps),
        steps: await upload(steps),
      });
    });
  }

  get ofGradients(): DeviceTensor | null {
    return this.#ofGradients;
  }

  /** The inputs of `scaledNormGraph` that stand for it. */
  get feeds(): Readonly<Scaling> {
    return this.next;
  }

  /** Begins a step, whose gradients are multiplied with the scale as it is now. */
  begin(): void {
    this.#freeOutgrown();
    this.#ofGradients = this.next.scale;
  }

  /** Takes over what `scaledNormGraph` has made of it, by the names of its outputs. The scale of the gradients at hand is still asked for. */
  advance(made: Readonly<Record<string, DeviceTensor>>): void {
    this.next.goodSteps.dispose();
    this.next.steps.dispose();
    this.next = Object.fromEntries(SCALING.map((name) => [name, made[newName(name)]])) as Scaling;
  }

  dispose(): void {
    this.#freeOutgrown();
    for (const tensor of Object.values(this.next)) tensor.dispose();
  }

  #freeOutgrown(): void {
    if (this.#ofGradients !== this.next.scale) this.#ofGradients?.dispose();
  }
}
