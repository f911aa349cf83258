/** The language that the trainer's words are shown in: the editor's. */

import * as vscode from 'vscode';
import { chooseLanguage, type Language } from '../trainer-core/messages/format.js';

/** Japanese in a Japanese VS Code, else English. */
export function displayLanguage(): Language {
  return chooseLanguage({ LANG: vscode.env.language });
}
