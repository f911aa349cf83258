import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adapterNamed, isSoftware, strongest, systemAdapters } from './systemAdapters.js';

const GIB = 2 ** 30;
const adapter = (name: string, memoryBytes: number | null = null) => ({ name, driver: null, memoryBytes });

const INTEL = adapter('Intel Alder Lake-P Integrated Graphics Controller');
const NVIDIA = adapter('NVIDIA GeForce RTX 3080', 10 * GIB);
const BASIC = adapter('Microsoft Basic Display Adapter', 16 * GIB);

test('what the Vulkan loader calls an adapter is found among those of the system', () => {
  const all = [INTEL, NVIDIA];
  assert.equal(adapterNamed('NVIDIA GeForce RTX 3080', all), NVIDIA);
  // Mesa's name and that of the PCI list have little in common.
  assert.equal(adapterNamed('Intel(R) Iris(R) Xe Graphics (ADL GT2)', all), INTEL);
  assert.equal(adapterNamed('llvmpipe (LLVM 19.1.7, 256 bits)', all), null);
  assert.equal(adapterNamed('NVIDIA GeForce RTX 3080', []), null);
});

test('the strongest adapter is the one with the most memory, and no emulation where there is another', () => {
  assert.equal(strongest([INTEL, NVIDIA, BASIC]), NVIDIA);
  assert.equal(strongest([BASIC, INTEL]), INTEL);
  assert.equal(strongest([BASIC]), BASIC);
  assert.equal(strongest([]), null);
});

test('emulated adapters are known by the names that drivers give them', () => {
  for (const name of [
    'SwiftShader Device (Subzero)',
    'llvmpipe (LLVM 15.0.6, 256 bits)',
    'Microsoft Basic Render Driver',
    'Microsoft 基本ディスプレイ アダプター',
  ]) {
    assert.ok(isSoftware(name), name);
  }
  for (const { name } of [INTEL, NVIDIA]) assert.ok(!isSoftware(name), name);
  assert.ok(!isSoftware('Apple M3 Max'));
});

test('this system can be asked, whatever it has', async () => {
  for (const { name, memoryBytes } of await systemAdapters()) {
    assert.notEqual(name, '');
    assert.ok(memoryBytes === null || memoryBytes > 0);
  }
});
