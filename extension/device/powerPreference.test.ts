import assert from 'node:assert/strict';
import { it } from 'node:test';
import { powerEnvironment } from './powerPreference.js';

it('an NVIDIA card is left asleep where Vulkan can be told so, and where the user has not said more', () => {
  assert.deepEqual(powerEnvironment('lowPower', 'linux', {}), { VK_LOADER_DRIVERS_DISABLE: '*nvidia*,*nouveau*' });
  assert.deepEqual(powerEnvironment('highPerformance', 'linux', {}), {});
  for (const platform of ['win32', 'darwin']) assert.deepEqual(powerEnvironment('lowPower', platform, {}), {});
  for (const name of ['VK_LOADER_DRIVERS_SELECT', 'VK_LOADER_DRIVERS_DISABLE'])
    assert.deepEqual(powerEnvironment('lowPower', 'linux', { [name]: '*intel*' }), {});
});
