/** The precisions that a run can compute in. */

/** What a config can ask for: `auto` is half precision where the device has it and it agrees with single precision, which is checked. */
export const PRECISIONS = ['auto', 'fp32', 'fp16'] as const;
export type Precision = (typeof PRECISIONS)[number];
