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

/** A time that was not measured. */
export interface Reckoned {
  cores: number;
  seconds: number;
  /** How it was reckoned, with its numbers. */
  arithmetic: string;
}

/**
 * The time for `xmlBytes` when `cores` are kept as busy as two were here (`busy`, processor time / 2 × the clock's), and slow each
 * other down no more than two did: the costs were measured with both at work.
 */
export function reckon(xmlBytes: number, { mainThread, shared }: Costs, cores: number, busy: number): Reckoned {
  const all = (xmlBytes * (mainThread + shared)) / (cores * busy);
  const alone = xmlBytes * mainThread;
  const seconds = Math.max(all, alone);
  const [gb, perMb] = [(xmlBytes / 1e9).toFixed(0), ((mainThread + shared) * 1e6).toFixed(3)];
  const arithmetic =
    `${gb},000 MB of XML × ${perMb} CPU s a MB / (${cores} cores × ${busy.toFixed(2)}) = ${all.toFixed(0)} s; ` +
    `the writing thread alone needs ${alone.toFixed(0)} s`;
  return { cores, seconds, arithmetic };
}
