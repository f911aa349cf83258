/** What a benchmark on a device comes to: what was run in turn, against what peaks, and what bounds it. */
import { median } from '../steps.js';
import type { Bounds } from './bounds.js';
import type { CardUse } from './cardUse.js';
import type { Profile } from './kernels.js';
import type { Probes } from './probes.js';
import type { PublishedPeak } from './publishedPeaks.js';

/** How matrices are multiplied. Ours knows fp32 and fp16. */
export type Arithmetic = 'fp32' | 'tf32' | 'fp16' | 'bf16';

/** One of those that are run in turn. */
export interface Contestant {
  /** For instance `ours fp32` or `torch bf16 sdpa`. */
  name: string;
  side: 'ours' | 'torch';
  arithmetic: Arithmetic;
}

/** One timing, in a process of its own. */
export interface Timing {
  step_s: number;
  /** Floating-point operations of a step. */
  work: number;
  peak_rss_MiB: number;
  card: CardUse | null;
}

/** Medians of a contestant's rounds. */
export interface Standing extends Contestant {
  step_s: number;
  rounds_s: number[];
  steps_per_s: number;
  sequences_per_s: number;
  /** Of matrix products, reached over the whole step. */
  tflops: number;
  /** Shares of what this side's own engine reaches with one large product, and of what the maker says of the card. */
  of_measured_peak: number | null;
  of_published_peak: number | null;
  peak_rss_MiB: number;
  card_MiB: number | null;
  card_busy_percent: number | null;
}

export interface Peaks {
  /** TFLOP/s of a large square product by the contestant's name. */
  measured: Record<string, number>;
  published: PublishedPeak | null;
}

export interface CaseReport {
  mode: string;
  batch: number;
  seq: number;
  standings: Standing[];
  /** Time of ours / time of PyTorch, by `ours fp32 / torch tf32`. */
  ratios: Record<string, number>;
  profiles: Record<string, Profile & { bounds: Bounds }>;
  /** Why a contestant has no standing. */
  failures: Record<string, string>;
}

export interface DeviceReport {
  device: string;
  machine: Record<string, string | number | null>;
  settings: Record<string, unknown>;
  probes: Record<string, Probes>;
  peaks: Peaks;
  cases: CaseReport[];
}

/** The medians of a contestant's rounds, beside the peaks. */
export function standing(
  contestant: Contestant,
  timings: readonly Timing[],
  batch: number,
  { measured, published }: Peaks,
): Standing {
  const middle = (of: (timing: Timing) => number) => median(timings.map(of));
  const step_s = middle((timing) => timing.step_s);
  const tflops = middle(({ work }) => work) / step_s / 1e12;
  const cards = timings.flatMap(({ card }) => (card ? [card] : []));
  const busy = cards.flatMap(({ busyPercent }) => (busyPercent === null ? [] : [busyPercent]));
  const share = (peak: number | null | undefined) => (peak ? tflops / peak : null);
  return {
    ...contestant,
    step_s,
    rounds_s: timings.map((timing) => timing.step_s),
    steps_per_s: 1 / step_s,
    sequences_per_s: batch / step_s,
    tflops,
    of_measured_peak: share(measured[contestant.name]),
    of_published_peak: share(published?.tflops[publishedKey(contestant.arithmetic)]),
    peak_rss_MiB: middle(({ peak_rss_MiB }) => peak_rss_MiB),
    card_MiB: cards.length === 0 ? null : median(cards.map(({ peakMiB }) => peakMiB)),
    card_busy_percent: busy.length === 0 ? null : median(busy),
  };
}

/** Time of each of ours / time of each of PyTorch's: below 1 ours is faster. */
export function ratiosOf(standings: readonly Standing[]): Record<string, number> {
  const of = (side: Contestant['side']) => standings.filter((each) => each.side === side);
  return Object.fromEntries(
    of('ours').flatMap((a) => of('torch').map((b) => [`${a.name} / ${b.name}`, a.step_s / b.step_s])),
  );
}

function publishedKey(arithmetic: Arithmetic): keyof PublishedPeak['tflops'] {
  return arithmetic === 'fp16' || arithmetic === 'bf16' ? 'half' : arithmetic;
}
