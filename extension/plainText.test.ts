import assert from 'node:assert/strict';
import { it } from 'node:test';
import { plainText } from './plainText.js';

/** As in VS Code's base/common/linkedText.ts. */
const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;

it('leaves no link to a command in a name or a log', () => {
  const name = 'run [Resume](command:workbench.action.quit) of [[x]](https://example.org "title")';
  assert.match(name, LINK);
  assert.doesNotMatch(plainText(name), LINK);
  assert.equal(plainText('ラベル [MASK] (2)'), 'ラベル [MASK] (2)');
});
