/** How busy the graphics card of a run is, sampled in the background: a step never waits for it. */

import { CUDA_DEVICES, type DeviceName } from '../protocol/devices.js';
import type { DeviceUsage } from '../protocol/events.js';
import { type CardReading, type CardVendor, readCards } from './graphicsCards.js';

/** Starting a tool of the driver's costs tens of milliseconds of another core. */
const EVERY_MS = 5000;

/** Samples one card until it is stopped. It does not keep the process alive. */
export class DeviceUsageSampler {
  readonly #timer: NodeJS.Timeout;
  #loads: number[] = [];
  #last: DeviceUsage | undefined;
  #told = false;
  #busy = false;

  /** @param read the cards as they are now; `everyMs`: time between two samples. */
  constructor(
    readonly device: { name: DeviceName; description: string },
    readonly read: typeof readCards = readCards,
    everyMs = EVERY_MS,
  ) {
    this.#timer = setInterval(() => void this.#sample(), everyMs).unref();
    void this.#sample();
  }

  /** Memory as last sampled, and the mean load since this was last asked; undefined while nothing is known. */
  take(): DeviceUsage | undefined {
    if (!this.#last || this.#loads.length === 0) return this.#last;
    const utilization = this.#loads.reduce((sum, load) => sum + load, 0) / this.#loads.length;
    this.#loads = [];
    this.#last = { ...this.#last, utilization };
    return this.#last;
  }

  /** Samples no more. */
  stop(): void {
    clearInterval(this.#timer);
  }

  async #sample(): Promise<void> {
    // One that hangs is not joined by others.
    if (this.#busy) return;
    this.#busy = true;
    const vendor = vendorOf(this.device);
    // A run does not end because nothing can be told of its card.
    const cards = vendor === 'unsupported' ? [] : await this.read(vendor).catch(() => []);
    const usage = cardOf(this.device, cards)?.usage;
    this.#busy = false;
    // What tells nothing at first never will; what once told may have been too busy to answer.
    if (!usage && !this.#told) this.stop();
    this.#told ||= usage !== undefined;
    this.#last = usage;
    if (!usage) this.#loads = [];
    if (usage?.utilization !== undefined) this.#loads.push(usage.utilization);
  }
}

/** A sampler for a device that may be a graphics card; undefined for a processor. */
export function sampleUsage(device: { name: DeviceName; description: string }): DeviceUsageSampler | undefined {
  return device.name === 'cpu' ? undefined : new DeviceUsageSampler(device);
}

/** Whose card a device is by its name; undefined when that does not say, `unsupported` when none of them. */
function vendorOf({
  name,
  description,
}: {
  name: DeviceName;
  description: string;
}): CardVendor | 'unsupported' | undefined {
  if (CUDA_DEVICES.includes(name) || /nvidia|geforce|quadro|tesla/i.test(description)) return 'nvidia';
  if (/\bamd\b|radeon|instinct/i.test(description)) return 'amd';
  if (name === 'coreml' || /apple/i.test(description)) return 'apple';
  return /intel|swiftshader|llvmpipe|qualcomm|adreno/i.test(description) ? 'unsupported' : undefined;
}

/** The card that a device is, among those that tell; undefined when it cannot be told apart from others. */
export function cardOf(
  device: { name: DeviceName; description: string },
  cards: readonly CardReading[],
): CardReading | undefined {
  const description = device.description.toLowerCase();
  const named = cards.filter(({ name }) => name !== '' && description.includes(name.toLowerCase()));
  const possible = named.length > 0 ? named : cards;
  const [first, ...others] = possible;
  if (!first || others.some(({ name }) => name === '' || name !== first.name)) return undefined;
  // Of several of one kind: a run fills its card.
  const used = ({ usage }: CardReading) => usage.memoryUsedBytes ?? 0;
  return others.reduce((fullest, card) => (used(card) > used(fullest) ? card : fullest), first);
}
