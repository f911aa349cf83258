/** The part of systeminformation that is loaded alone; the package declares types for the whole only. */
declare module 'systeminformation/lib/graphics.js' {
  import type { Systeminformation } from 'systeminformation';
  export function graphics(): Promise<Systeminformation.GraphicsData>;
}
