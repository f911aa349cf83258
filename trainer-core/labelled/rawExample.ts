/** An example as it was read, before classes have ids. */
import type { FilePlace } from '../protocol/errors.js';
import type { RawLabel } from './labelReader.js';

export interface RawExample extends FilePlace {
  text: string;
  second: string | null;
  label: RawLabel;
}
