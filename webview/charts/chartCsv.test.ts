import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Curve } from './chartContent.js';
import { chartCsv } from './chartCsv.js';

const curve = (name: string, steps: number[], values: number[]): Curve => {
  const raw = { steps: Float64Array.from(steps), values: Float64Array.from(values) };
  return { folder: '/r', key: 'total', name, style: 0, raw, shown: raw };
};

it('writes a row for each step in sight, empty where a curve has no value', () => {
  const curves = [curve('a, "b"', [1, 2, 3], [0.5, Number.NaN, 1e-7]), curve('=cmd()', [2, 9], [7, 8])];
  assert.equal(chartCsv({ curves, range: [2, 9] }), 'step,"a, ""b""",\'=cmd()\r\n2,,7\r\n3,1e-7,\r\n9,,8\r\n');
});
