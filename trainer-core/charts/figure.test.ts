import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type FigureCurve, type FigureStyle, layOutFigure } from './figure.js';
import { figureSvg } from './figureSvg.js';

const style: FigureStyle = {
  background: '#ffffff',
  foreground: '#000000',
  muted: '#555555',
  grid: '#dddddd',
  fontFamily: '"Noto Sans", sans-serif',
  colorOf: (of) => ['#0000ff', '#ff0000'][of] ?? '#00ff00',
  dashOf: (of) => (of === 0 ? [] : [4, 2]),
  tickLabel: (_axis, value) => String(value),
  stepLabel: 'Step',
  textWidth: (text) => 7 * text.length,
};
const curve = (name: string, of: number, steps: number[], values: number[]): FigureCurve => {
  const raw = { steps: Float64Array.from(steps), values: Float64Array.from(values) };
  return { name, style: of, raw, shown: raw };
};
const content = { title: 'Losses <&>', range: [0, 100], logScale: false } as const;

describe('a figure', () => {
  it('draws each curve within the axes, broken where a value is missing', () => {
    const curves = [curve('total', 0, [0, 50, 60, 100], [1, 2, Number.NaN, 0]), curve('ce', 1, [0, 100], [0, 2])];
    const { shapes, width, height } = layOutFigure({ ...content, curves }, [0, 2], style);
    const lines = shapes.flatMap((shape) => (shape.kind === 'line' && shape.width === 2 ? [shape] : []));
    // Two in the legend; of the first curve one piece of two points, of the second one.
    assert.deepEqual(
      lines.map(({ color, points }) => [color, points.length]),
      [
        ['#0000ff', 2],
        ['#ff0000', 2],
        ['#0000ff', 2],
        ['#ff0000', 2],
      ],
    );
    const [from, to] = lines[3]!.points as [readonly [number, number], readonly [number, number]];
    assert.ok(from[0] < to[0] && from[1] > to[1], 'up to the right');
    for (const shape of shapes) {
      for (const [x, y] of shape.kind === 'line' ? shape.points : [shape.at]) {
        assert.ok(x >= 0 && x <= width && y >= 0 && y <= height, JSON.stringify(shape));
      }
    }
  });

  it('becomes a whole SVG whose words are text', () => {
    const svg = figureSvg(layOutFigure({ ...content, curves: [curve('a<b', 1, [0, 100], [0, 2])] }, [0, 2], style));
    assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="960"/);
    assert.match(svg, /<\/svg>\n$/);
    assert.match(svg, />Losses &lt;&amp;></);
    assert.match(svg, />a&lt;b</);
    assert.match(svg, /stroke="#ff0000" stroke-width="2" stroke-linejoin="round" stroke-dasharray="4 2"/);
    assert.match(svg, /font-family="&quot;Noto Sans&quot;, sans-serif"/);
    assert.doesNotMatch(svg, /NaN|undefined/);
  });
});
