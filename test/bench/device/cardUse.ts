/** Memory and load of the graphics card while something runs, of the whole card, so that ours and PyTorch's are measured alike. */
import { type CardReading, readCards } from '../../../trainer-core/runtime/graphicsCards.js';

export interface CardUse {
  /** Memory at its highest, without what was in use before. */
  peakMiB: number;
  /** Percent of the time that some kernel ran: mean of the samples in which the card worked at all; null when none did. */
  busyPercent: number | null;
}

/** Reading costs a process of the driver's tool. */
const EVERY_MS = 250;

/** Does `work` and gives what it gives with the use of the machine's first card meanwhile; null where nothing tells it. */
export async function withCardUse<T>(
  work: () => Promise<T>,
  read: () => Promise<CardReading[]> = readCards,
): Promise<{ result: T; use: CardUse | null }> {
  const samples: CardReading[] = [];
  const sample = async () => {
    const [card] = await read();
    if (card) samples.push(card);
    return card !== undefined;
  };
  const tells = await sample();
  let working = true;
  const sampling = (async () => {
    while (tells && working) {
      await sample();
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  })();
  try {
    return { result: await work(), use: cardUse(samples) };
  } finally {
    working = false;
    await sampling;
  }
}

/** What samples come to; the first is from before the work. */
export function cardUse(samples: readonly CardReading[]): CardUse | null {
  const used = samples.map(({ usage }) => usage.memoryUsedBytes).filter((bytes) => bytes !== undefined);
  const first = used[0];
  if (first === undefined) return null;
  const busy = samples.map(({ usage }) => usage.utilization ?? 0).filter((share) => share > 0);
  const mean = busy.reduce((a, b) => a + b, 0) / busy.length;
  return { peakMiB: (Math.max(...used) - first) / 2 ** 20, busyPercent: busy.length === 0 ? null : 100 * mean };
}
