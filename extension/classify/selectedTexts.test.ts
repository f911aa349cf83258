import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type * as vscode from 'vscode';
import { type TextUnit, selectedTexts as textsAndPlaces } from './selectedTexts.js';

const TEXT = ['今日は良い天気です。', '', '  明日は雨でしょう。  ', '終わり'];

type Place = [startLine: number, startCharacter: number, endLine: number, endCharacter: number];

/** An editor on TEXT with these selections. */
function editor(...selections: Place[]) {
  const getText = ({ start, end }: vscode.Selection) => {
    const lines = TEXT.slice(start.line, end.line + 1);
    lines[lines.length - 1] = lines.at(-1)!.slice(0, end.character);
    lines[0] = lines[0]!.slice(start.character);
    return lines.join('\n');
  };
  return {
    document: { lineAt: (line: number) => ({ text: TEXT[line] }), getText },
    selections: selections.map(([startLine, startCharacter, endLine, endCharacter]) => ({
      isEmpty: startLine === endLine && startCharacter === endCharacter,
      start: { line: startLine, character: startCharacter },
      end: { line: endLine, character: endCharacter },
    })),
  } as unknown as vscode.TextEditor;
}

const line = (number: number, text: string) => ({ firstLine: number, lastLine: number, text });

/** The texts, after it was looked up that their places are where they stand. */
function selectedTexts(on: vscode.TextEditor, unit: TextUnit) {
  return textsAndPlaces(on, unit).map(({ places, ...selected }) => {
    const found = places.map(({ start, end, line, character }) => {
      const there = TEXT[selected.firstLine + line]!.slice(character, character + end - start);
      assert.equal(there, selected.text.slice(start, end));
      return there;
    });
    assert.equal(found.join(' '), selected.text);
    return selected;
  });
}

describe('selectedTexts by line', () => {
  it('takes the selected part of each line and leaves blank lines out', () => {
    assert.deepEqual(selectedTexts(editor([0, 3, 2, 6]), 'line'), [line(0, '良い天気です。'), line(2, '明日は雨')]);
  });

  it('takes the whole line of a cursor without a selection', () => {
    assert.deepEqual(selectedTexts(editor([2, 4, 2, 4]), 'line'), [line(2, '明日は雨でしょう。')]);
    assert.deepEqual(selectedTexts(editor([1, 0, 1, 0]), 'line'), []);
  });

  it('answers many cursors in the order of lines, each line once', () => {
    const texts = selectedTexts(editor([3, 0, 3, 3], [0, 0, 0, 2], [0, 3, 0, 5]), 'line');
    assert.deepEqual(texts, [line(0, '今日 良い'), line(3, '終わり')]);
  });
});

describe('selectedTexts by selection', () => {
  it('takes each selection as one text, line breaks as spaces', () => {
    assert.deepEqual(selectedTexts(editor([3, 0, 3, 3], [0, 3, 2, 6]), 'selection'), [
      { firstLine: 0, lastLine: 2, text: '良い天気です。 明日は雨' },
      line(3, '終わり'),
    ]);
  });

  it('does not count the line at whose start a selection ends', () => {
    assert.deepEqual(selectedTexts(editor([0, 0, 1, 0]), 'selection'), [line(0, '今日は良い天気です。')]);
  });

  it('takes the whole line of a cursor without a selection, and no blank text', () => {
    assert.deepEqual(selectedTexts(editor([2, 4, 2, 4], [1, 0, 1, 0]), 'selection'), [line(2, '明日は雨でしょう。')]);
  });
});
