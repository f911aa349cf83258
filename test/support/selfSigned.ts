/** A certificate for `localhost` that nobody vouches for, made with openssl for tests alone (valid for a hundred years). */

import { readFileSync } from 'node:fs';

/** Key and certificate as PEM. */
export function selfSigned(): { key: string; cert: string } {
  const read = (name: string) =>
    readFileSync(new URL(`../../../test/support/selfSigned/${name}.pem`, import.meta.url), 'utf8');
  return { key: read('key'), cert: read('cert') };
}
