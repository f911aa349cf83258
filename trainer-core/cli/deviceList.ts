/** The list of devices for people, in 80 columns: a device's name and adapter, what it can do, and why it is missing with the mend. */

import { DEVICE_LIST_WORDS, faultWords } from '../messages/deviceWords.js';
import type { Language } from '../messages/format.js';
import { size } from '../messages/words.js';
import type { DeviceReport } from '../protocol/devices.js';
import { grouped, short } from './numbers.js';
import { fit, padEnd, wrap } from './width.js';

const COLUMNS = 80;
/** Of the mark of `auto`'s choice and the name. */
const NAME_COLUMNS = 14;

/** As one text that ends with a line feed. The one that `auto` takes has a star. */
export function deviceList(devices: readonly DeviceReport[], language: Language): string {
  return `${devices.map((device) => entry(device, language).join('\n')).join('\n\n')}\n`;
}

function entry(device: DeviceReport, language: Language): string[] {
  const { name, chosen, description, reason } = device;
  const words = DEVICE_LIST_WORDS[language];
  const head = padEnd(`${chosen ? '*' : ' '} ${name}`, NAME_COLUMNS);
  const room = COLUMNS - NAME_COLUMNS;
  const why = reason && faultWords(reason, language);
  const below = why ? [why.message, why.action] : [facts(device, language).join(words.comma)];
  const lines = below.flatMap((text) => wrap(text, room)).map((line) => ' '.repeat(NAME_COLUMNS) + line);
  return [head + fit(description || `${device.backend}: ${words.missing}`, room), ...lines];
}

function facts(device: DeviceReport, language: Language): string[] {
  const words = DEVICE_LIST_WORDS[language];
  const { backend, memoryBytes, fp16, limits, driver, measured, chosen, software } = device;
  return [
    backend,
    memoryBytes === null ? [] : words.memory(size(memoryBytes)),
    limits.maxBufferSizeBytes === null ? [] : words.largestBuffer(size(limits.maxBufferSizeBytes)),
    fp16 === null ? [] : fp16 ? words.fp16 : words.noFp16,
    driver === null ? [] : words.driver(driver),
    measured === null ? [] : words.step((measured.milliseconds < 10 ? short : grouped)(measured.milliseconds)),
    software ? words.software : [],
    chosen ? words.chosen : [],
  ].flat();
}
