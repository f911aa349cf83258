import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { hasCode } from '../protocol/errors.js';
import { hubSettings } from './hubSettings.js';

const home = mkdtempSync(join(tmpdir(), 'hub-settings-'));
after(() => rmSync(home, { recursive: true }));
writeFileSync(join(home, 'token'), ' hf_file\n');
writeFileSync(join(home, 'other'), 'hf_other');

test('what Hugging Face’s own programs read counts here too', async () => {
  const cases: [env: Record<string, string>, key: 'endpoint' | 'token' | 'cacheFolder' | 'offline', value: unknown][] =
    [
      [{ HF_ENDPOINT: '' }, 'endpoint', 'https://huggingface.co'],
      [{ HF_ENDPOINT: 'https://mirror.example/hf/' }, 'endpoint', 'https://mirror.example/hf'],
      [{ HF_HOME: home }, 'token', 'hf_file'],
      [{ HF_HOME: home, HF_TOKEN: 'hf_env' }, 'token', 'hf_env'],
      [{ HF_HOME: home, HF_TOKEN: '' }, 'token', 'hf_file'],
      [{ HF_HOME: join(home, 'none') }, 'token', undefined],
      [{ HF_TOKEN_PATH: join(home, 'other') }, 'token', 'hf_other'],
      [{ HF_HOME: home }, 'cacheFolder', join(home, 'hub')],
      [{ HF_HOME: home, HF_HUB_CACHE: '/cache' }, 'cacheFolder', '/cache'],
      [{ HF_HUB_CACHE: '~/cache' }, 'cacheFolder', join(homedir(), 'cache')],
      [{ XDG_CACHE_HOME: '/xdg' }, 'cacheFolder', join('/xdg', 'huggingface', 'hub')],
      [{}, 'cacheFolder', join(homedir(), '.cache', 'huggingface', 'hub')],
      [{}, 'offline', false],
      [{ HF_HUB_OFFLINE: '0' }, 'offline', false],
      [{ HF_HUB_OFFLINE: 'ON' }, 'offline', true],
      [{ TRANSFORMERS_OFFLINE: 'yes' }, 'offline', true],
    ];
  for (const [env, key, value] of cases) assert.equal((await hubSettings(env))[key], value, JSON.stringify(env));
  await assert.rejects(hubSettings({ HF_ENDPOINT: 'nowhere' }), (error) => hasCode(error, 'hubUnreachable'));
});
