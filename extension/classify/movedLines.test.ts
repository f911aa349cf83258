import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type * as vscode from 'vscode';
import { movedLines } from './movedLines.js';

/** A change of the text from [line, character] to [line, character] into `text`. */
function change(start: [number, number], end: [number, number], text: string) {
  const position = ([line, character]: [number, number]) => ({ line, character });
  return { range: { start: position(start), end: position(end) } as vscode.Range, text };
}

const lines = { firstLine: 4, lastLine: 5 };

describe('movedLines', () => {
  it('moves lines with what is put in or taken out above them', () => {
    const at = (firstLine: number) => ({ firstLine, lastLine: firstLine + 1, touched: false });
    assert.deepEqual(movedLines(lines, [change([1, 2], [1, 2], 'a\nb\nc')]), at(6));
    assert.deepEqual(movedLines(lines, [change([0, 0], [2, 3], '')]), at(2));
    assert.deepEqual(movedLines(lines, [change([2, 0], [3, 0], 'x\n'), change([0, 0], [0, 0], '\n')]), at(5));
  });

  it('leaves lines where they are when it happens below', () => {
    assert.deepEqual(movedLines(lines, [change([6, 0], [9, 0], '')]), { ...lines, touched: false });
  });

  it('pushes a line down by Enter at its start, not by Enter at its end', () => {
    assert.deepEqual(movedLines(lines, [change([4, 0], [4, 0], '\n')]), { firstLine: 5, lastLine: 6, touched: true });
    assert.deepEqual(movedLines(lines, [change([5, 9], [5, 9], '\n')]), { ...lines, touched: true });
  });

  it('tells of every change that reaches into the lines', () => {
    for (const [start, end] of [
      [4, 4],
      [5, 7],
      [2, 4],
      [2, 9],
    ] as const) {
      assert.equal(movedLines(lines, [change([start, 1], [end, 2], 'x')]).touched, true, `${start} to ${end}`);
    }
  });
});
