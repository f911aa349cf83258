/** The flag that says which licence a model card names. */

import * as z from 'zod';
import { LICENSES } from '../protocol/licenses.js';
import { checkConfig } from '../protocol/parseConfig.js';
import type { Option } from './options.js';

export const LICENSE_OPTION = {
  type: 'string',
  value: 'ID',
  meaning: 'Licence for the model card, as the Hugging Face hub calls it.',
  default: "what the model's run says, or unknown",
} as const satisfies Option;

/** Throws `configNotAllowed` for a licence that the hub does not know. */
export function checkLicense(license: string | undefined): void {
  const schema = z.strictObject({ license: z.enum(LICENSES).default('unknown') });
  checkConfig(schema, license === undefined ? {} : { license }, () => ({ file: '--license', line: null }));
}
