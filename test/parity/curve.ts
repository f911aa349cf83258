import type { Findings } from './measurement.js';
export async function checkCurve(_folder: string, _findings: Findings): Promise<void> {}
