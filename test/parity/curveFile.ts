/** Finds the curves of a `curve.json`, whichever of the usual ways they are written in. */
import { isObject, type Json } from './settings.js';

/** Losses by step, and the learning rates where they are recorded. */
export interface Curve {
  losses: number[];
  learningRates: number[] | null;
}

const lossKeys = ['total', 'total_loss', 'loss', 'losses', 'mlm', 'values', 'value'];
const seriesKeys = [...lossKeys, 'curve', 'per_step', 'steps', 'micro_batches', 'history', 'records', 'train'];
const rateKeys = ['lr', 'lrs', 'learning_rate', 'learning_rates'];

/** The curve under the key `name` (or `name_curve` and the like), at any depth of the file; null when there is none. */
export function findCurve(json: Json, name: string): Curve | null {
  for (const value of valuesNamed(
    json,
    new RegExp(`^(curves?_|run_|losses_)?${name}(_curves?|_run|_losses|_loss)?$`),
  )) {
    const curve = curveOf(value);
    if (curve) return curve;
  }
  return null;
}

/** The objects under the keys that match, the least deep first. */
export function valuesNamed(json: Json, key: RegExp): unknown[] {
  const found: unknown[] = [];
  for (
    let level: Json[] = [json];
    level.length > 0;
    level = level.flatMap((each) => Object.values(each).filter(isObject))
  )
    for (const each of level) for (const [name, value] of Object.entries(each)) if (key.test(name)) found.push(value);
  return found;
}

function curveOf(value: unknown): Curve | null {
  if (Array.isArray(value)) return ofArray(value);
  if (!isObject(value)) return null;
  // Steps as keys: { "0": 3.6, "1": 3.5 }.
  const keys = Object.keys(value);
  if (keys.length > 0 && keys.every((key) => /^\d+$/.test(key)))
    return ofArray(keys.sort((a, b) => Number(a) - Number(b)).map((key) => value[key]));
  for (const key of seriesKeys) {
    const curve = key in value ? curveOf(value[key]) : null;
    if (curve) return { ...curve, learningRates: curve.learningRates ?? ratesOf(value) };
  }
  return null;
}

/** Numbers, pairs [step, loss], or objects with a loss. */
function ofArray(rows: readonly unknown[]): Curve | null {
  const losses = rows.map((row) => {
    if (typeof row === 'number') return row;
    if (Array.isArray(row)) return row.length === 2 ? (row[1] as unknown) : undefined;
    return isObject(row) ? lossKeys.map((key) => row[key]).find((x) => typeof x === 'number') : undefined;
  });
  if (losses.length === 0 || !losses.every((x) => typeof x === 'number')) return null;
  const rates = rows.map((row) =>
    isObject(row) ? rateKeys.map((key) => row[key]).find((x) => typeof x === 'number') : null,
  );
  return { losses, learningRates: rates.every((x) => typeof x === 'number') ? rates : null };
}

function ratesOf(value: Json): number[] | null {
  const rates = rateKeys.map((key) => value[key]).find(Array.isArray);
  return rates?.every((x) => typeof x === 'number') ? rates : null;
}
