/** Puts an error into words, in English or Japanese. */

import type { ErrorCode, TrainerError } from '../protocol/errors.js';
import { en } from './en.js';
import { ja } from './ja.js';
import type { Messages, Words } from './words.js';

/** The languages there are words in. */
export type Language = 'en' | 'ja';

/** Chosen by the environment as POSIX says: LC_ALL, else LC_MESSAGES, else LANG; anything but Japanese is English. */
export function chooseLanguage(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return /^ja(?![a-z])/i.test(locale) ? 'ja' : 'en';
}

/** What the error means and what to do about it. */
export function wordsFor<C extends ErrorCode>(error: TrainerError<C>, language: Language): Words {
  const messages: Messages = language === 'ja' ? ja : en;
  return messages[error.code](error.data);
}
