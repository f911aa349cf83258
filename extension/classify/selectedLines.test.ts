import assert from 'node:assert/strict';
import { it } from 'node:test';
import type * as vscode from 'vscode';
import { linesOf } from './selectedLines.js';

const TEXT = ['今日は良い天気です。', '', '  明日は雨でしょう。  ', '終わり'];

/** An editor on TEXT with selections given as [start line, start character, end line, end character]. */
function editor(...selections: [number, number, number, number][]) {
  return {
    document: { lineAt: (line: number) => ({ text: TEXT[line] }) },
    selections: selections.map(([startLine, startCharacter, endLine, endCharacter]) => ({
      isEmpty: startLine === endLine && startCharacter === endCharacter,
      start: { line: startLine, character: startCharacter },
      end: { line: endLine, character: endCharacter },
    })),
  } as unknown as vscode.TextEditor;
}

it('takes the selected part of each line and leaves blank lines out', () => {
  assert.deepEqual(linesOf(editor([0, 3, 2, 6])), [
    { line: 0, text: '良い天気です。' },
    { line: 2, text: '明日は雨' },
  ]);
});

it('takes the whole line of a cursor without a selection', () => {
  assert.deepEqual(linesOf(editor([2, 4, 2, 4])), [{ line: 2, text: '明日は雨でしょう。' }]);
  assert.deepEqual(linesOf(editor([1, 0, 1, 0])), []);
});

it('answers many cursors in the order of lines, each line once', () => {
  assert.deepEqual(linesOf(editor([3, 0, 3, 3], [0, 0, 0, 2], [0, 3, 0, 5])), [
    { line: 0, text: '今日 良い' },
    { line: 3, text: '終わり' },
  ]);
});
