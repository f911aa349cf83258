import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hubEnvironment } from './hubEnvironment.js';

test('what the editor does not say is left to the environment', () => {
  assert.deepEqual(hubEnvironment(undefined, {}), {});
  assert.deepEqual(hubEnvironment(undefined, { proxy: '', noProxy: [], proxySupport: 'override' }), {});
  assert.deepEqual(hubEnvironment('hf_x', {}), { HF_TOKEN: 'hf_x' });
});

test("the editor's proxy is for both kinds of addresses, with its exceptions", () => {
  const environment = hubEnvironment(undefined, { proxy: 'http://p:1', noProxy: ['a', '.b'], proxySupport: 'on' });
  const { http_proxy, https_proxy, HTTPS_PROXY, no_proxy, NO_PROXY } = environment;
  assert.deepEqual([http_proxy, https_proxy, HTTPS_PROXY], Array(3).fill('http://p:1'));
  assert.deepEqual([no_proxy, NO_PROXY], ['a,.b', 'a,.b']);
});

test('switched off, no proxy of the environment is left', () => {
  const environment = hubEnvironment(undefined, { proxy: 'http://p:1', noProxy: ['a'], proxySupport: 'off' });
  assert.deepEqual(new Set(Object.values(environment)), new Set(['']));
  assert.deepEqual(Object.keys(environment).length, 6);
});
