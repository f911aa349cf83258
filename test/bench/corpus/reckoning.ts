/** From what was measured to the whole Japanese Wikipedia, on paper. */

/** The dump of the issue: bytes of its `.bz2`, and of the XML in it as assumed, 4 times as many. */
export const FULL_DUMP = { packedBytes: 4e9, xmlBytes: 16e9 };

/** Processor seconds that a byte of XML costs in a build from a `.bz2`. */
export interface Costs {
  /** Of the thread that writes, which cannot be shared. */
  mainThread: number;
  /** Of workers and of what unpacks, which is. */
  shared: number;
}

/** What one processor and two of them gave, and what it comes to. */
export interface Reckoned {
  cores: number;
  seconds: number;
  /** How it was reckoned, with its numbers. */
  arithmetic: string;
}

/**
 * The time for `xmlBytes` when `cores` share the work as evenly as two did here: `efficiency` is what two processes of their own gain
 * here, divided by two (1 where cores are whole, less where two of them are one with two threads).
 */
export function reckon(xmlBytes: number, { mainThread, shared }: Costs, cores: number, efficiency: number): Reckoned {
  const all = (xmlBytes * (mainThread + shared)) / (cores * efficiency);
  const alone = xmlBytes * mainThread;
  const seconds = Math.max(all, alone);
  const [gb, perMb] = [(xmlBytes / 1e9).toFixed(0), ((mainThread + shared) * 1e6).toFixed(3)];
  const arithmetic =
    `${gb},000 MB of XML × ${perMb} CPU s a MB / (${cores} cores × ${efficiency.toFixed(2)}) = ${all.toFixed(0)} s; ` +
    `the writing thread alone needs ${alone.toFixed(0)} s`;
  return { cores, seconds, arithmetic };
}
