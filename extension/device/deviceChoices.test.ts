import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { DEVICE_CHOICES } from '../../trainer-core/protocol/devices.js';

it('the setting offers the devices that a config can name, each with words', () => {
  const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    contributes: { configuration: { properties: Record<string, { enum: string[]; enumDescriptions: string[] }> } };
  };
  const setting = manifest.contributes.configuration.properties['distilbertStudio.device']!;
  assert.deepEqual(setting.enum, [...DEVICE_CHOICES]);
  assert.deepEqual(
    setting.enumDescriptions,
    DEVICE_CHOICES.map((name) => `%setting.device.${name}%`),
  );
});
