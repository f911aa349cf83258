/** What makers of graphics cards say their cards can do: dense matrix products in TFLOP/s, and memory traffic in GB/s. */

export interface PublishedPeak {
  card: string;
  /** Without matrix units; with them on TF32 (10 bits of mantissa); with them on half precision, float16 and bfloat16 alike. */
  tflops: { fp32: number; tf32: number | null; half: number };
  memoryGBs: number;
  source: string;
}

/** Sparse figures of data sheets are halved here. Names are as the driver gives them. */
const PEAKS: readonly (PublishedPeak & { name: RegExp })[] = [
  {
    name: /\bH200\b(?!.*NVL)/,
    card: 'NVIDIA H200 SXM',
    tflops: { fp32: 67, tf32: 494.7, half: 989.4 },
    memoryGBs: 4800,
    source: 'NVIDIA H200 data sheet; dense figures to a digit as in the NVIDIA H100 white paper, whose chip it is',
  },
  {
    name: /\bH100 80GB HBM3\b/,
    card: 'NVIDIA H100 SXM',
    tflops: { fp32: 66.9, tf32: 494.7, half: 989.4 },
    memoryGBs: 3350,
    source: 'NVIDIA H100 Tensor Core GPU architecture white paper',
  },
  {
    name: /\bA100\b.*80GB/,
    card: 'NVIDIA A100 80 GB',
    tflops: { fp32: 19.5, tf32: 156, half: 312 },
    memoryGBs: 2039,
    source: 'NVIDIA A100 80 GB data sheet (SXM)',
  },
  {
    name: /\bT4\b/,
    card: 'NVIDIA T4',
    tflops: { fp32: 8.1, tf32: null, half: 65 },
    memoryGBs: 320,
    source: 'NVIDIA T4 data sheet',
  },
];

/** The published peak of the card of this name; null for cards that are not in the table. */
export function publishedPeak(name: string): PublishedPeak | null {
  const found = PEAKS.find((peak) => peak.name.test(name));
  if (!found) return null;
  const { name: _, ...peak } = found;
  return peak;
}
