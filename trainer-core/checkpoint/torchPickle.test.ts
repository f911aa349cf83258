import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { hasCode, TrainerError } from '../protocol/errors.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { readSafetensors } from './safetensors.js';
import { readTorchPickle } from './torchPickle.js';

const fixtures = fileURLToPath(new URL('../../../trainer-core/checkpoint/fixtures/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pickle-'));
after(() => rmSync(folder, { recursive: true }));

function write(bytes: Buffer | string): string {
  const file = join(folder, 'case.bin');
  writeFileSync(file, bytes);
  return file;
}

function sameBits(a: Float32Array, b: Float32Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));
}

/** Names that a model file holds once, and a state dict twice. */
const ties: Record<string, string> = {
  'vocab_projector.weight': 'distilbert.embeddings.word_embeddings.weight',
  'cls.predictions.decoder.weight': 'bert.embeddings.word_embeddings.weight',
  'cls.predictions.decoder.bias': 'cls.predictions.bias',
};

function assertSameModel(fromPickle: NamedTensors, expected: NamedTensors): void {
  for (const [name, { dims, data }] of expected) {
    const got = fromPickle.get(name);
    assert.ok(got && sameBits(got.data, data), name);
    assert.deepEqual(got.dims, dims, name);
  }
  for (const [name, { data }] of fromPickle) {
    if (expected.has(name) || name.endsWith('position_ids')) continue;
    assert.ok(sameBits(data, expected.get(ties[name]!)!.data), name);
    assert.notEqual(data, fromPickle.get(ties[name]!)!.data);
  }
}

for (const name of [
  'teacher/pytorch_model.bin',
  'teacher/pytorch_model.legacy.bin',
  'student/pytorch_model.bin',
  'student/pytorch_model.legacy.bin',
]) {
  test(`${name} holds what model.safetensors does, value for value`, async () => {
    const expected = await readSafetensors(join(fixtures, name, '..', 'model.safetensors'));
    const got = await readTorchPickle(join(fixtures, name));
    assert.ok(got.size > expected.size);
    assertSameModel(got, expected);
  });
}

test('the file with the old names holds the same values', async () => {
  const expected = await readSafetensors(join(fixtures, 'teacher/model.safetensors'));
  const old = await readTorchPickle(join(fixtures, 'teacher/pytorch_model.gamma_beta.bin'));
  const renamed = [...old].map(
    ([name, tensor]) => [name.replace('gamma', 'weight').replace('LayerNorm.beta', 'LayerNorm.bias'), tensor] as const,
  );
  assert.ok(old.has('bert.embeddings.LayerNorm.gamma'));
  assertSameModel(new Map(renamed), expected);
});

type Expected = Record<string, { dims: number[]; data: string[] }>;
const expectedOfTorch = JSON.parse(readFileSync(join(fixtures, 'torch/expected.json'), 'utf8')) as Expected;
const torchFiles = readdirSync(join(fixtures, 'torch')).filter((name) => name.endsWith('.bin'));

for (const name of torchFiles) {
  test(`element types, views and shared storages of PyTorch: ${name}`, async () => {
    const got = await readTorchPickle(join(fixtures, 'torch', name));
    assert.deepEqual([...got.keys()].sort(), Object.keys(expectedOfTorch).sort());
    for (const [tensor, { dims, data }] of Object.entries(expectedOfTorch)) {
      assert.deepEqual(got.get(tensor)!.dims, dims, tensor);
      const values = data.map(
        (value) => ({ inf: Infinity, '-inf': -Infinity, True: 1, False: 0 })[value] ?? Number(value),
      );
      assert.deepEqual([...got.get(tensor)!.data], values, tensor);
    }
  });
}

test('only what is selected is read', async () => {
  const got = await readTorchPickle(join(fixtures, 'torch/zip.protocol2.bin'), ({ dtype }) => dtype === 'BF16');
  assert.deepEqual([...got.keys()], ['bfloat16']);
});

test('a zip64 archive is read like any other', async () => {
  const source = readFileSync(join(fixtures, 'torch/zip.protocol2.bin'));
  const got = await readTorchPickle(write(asZip64(source)));
  assert.deepEqual([...got.get('plain')!.data], expectedOfTorch.plain!.data.map(Number));
  assert.equal(got.size, Object.keys(expectedOfTorch).length);
});

/** The same archive with every size and offset moved into zip64 records, as for a file above 4 GB. */
function asZip64(zip: Buffer): Buffer {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = zip.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
  const directoryStart = at;
  const parts: Buffer[] = [zip.subarray(0, at)];
  let directoryBytes = 0;
  let entries = 0;
  while (zip.readUInt32LE(at) === 0x02014b50) {
    const nameLength = zip.readUInt16LE(at + 28);
    const next = at + 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    const head = Buffer.from(zip.subarray(at, at + 46 + nameLength));
    const extra = Buffer.alloc(4 + 28 + 6);
    // Another extra field first, which must be stepped over.
    extra.writeUInt16LE(0x4246, 0);
    extra.writeUInt16LE(2, 2);
    extra.writeUInt16LE(1, 6);
    extra.writeUInt16LE(24, 8);
    extra.writeBigUInt64LE(BigInt(head.readUInt32LE(24)), 10);
    extra.writeBigUInt64LE(BigInt(head.readUInt32LE(20)), 18);
    extra.writeBigUInt64LE(BigInt(head.readUInt32LE(42)), 26);
    for (const field of [20, 24, 42]) head.writeUInt32LE(0xffffffff, field);
    const extraField = extra.subarray(0, 34);
    head.writeUInt16LE(extraField.length, 30);
    head.writeUInt16LE(0, 32);
    parts.push(head, extraField);
    directoryBytes += head.length + extraField.length;
    entries++;
    at = next;
  }
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(entries), 24);
  record.writeBigUInt64LE(BigInt(entries), 32);
  record.writeBigUInt64LE(BigInt(directoryBytes), 40);
  record.writeBigUInt64LE(BigInt(directoryStart), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(directoryStart + directoryBytes), 8);
  locator.writeUInt32LE(1, 16);
  const last = Buffer.from(zip.subarray(end, end + 22));
  last.fill(0xff, 8, 20);
  last.writeUInt16LE(7, 20);
  return Buffer.concat([...parts, record, locator, last, Buffer.from('comment')]);
}

/** A zip archive of one stored `model/data.pkl`. */
function zipOf(pickle: Buffer, method = 0): Buffer {
  const name = Buffer.from('model/data.pkl');
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(method, 10);
  central.writeUInt32LE(pickle.length, 20);
  central.writeUInt32LE(pickle.length, 24);
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(central.length + name.length, 12);
  end.writeUInt32LE(local.length + name.length + pickle.length, 16);
  return Buffer.concat([local, name, pickle, central, name, end]);
}

const latin = (text: string) => Buffer.from(text, 'latin1');

test('a pickle that names anything else is refused by that name, and nothing runs', async () => {
  const forbidden: [Buffer, string][] = [
    [latin("cos\nsystem\n(S'touch /tmp/x'\ntR."), 'os.system'],
    [latin('\x80\x02cposix\nsystem\nU\x02ls\x85R.'), 'posix.system'],
    [
      latin('\x80\x04\x95\x1a\0\0\0\0\0\0\0\x8c\x08builtins\x94\x8c\x04eval\x94\x93\x94\x8c\x011\x85R.'),
      'builtins.eval',
    ],
    [latin('\x80\x02(ios\nsystem\n.'), 'os.system'],
    [latin('\x80\x02\x82\x01.'), 'copyreg extension'],
    [latin('\x80\x02ctorch\nload\n.'), 'torch.load'],
    [latin('\x80\x02ctorch.storage\n_load_from_bytes\nC\x01x\x85R.'), 'torch.storage._load_from_bytes'],
    [latin('\x80\x02c__builtin__\n__proto__\n.'), '__builtin__.__proto__'],
    [latin('\x80\x02cconstructor\nconstructor\n.'), 'constructor.constructor'],
  ];
  for (const [pickle, symbol] of forbidden) {
    for (const bytes of [pickle, zipOf(pickle)]) {
      await assert.rejects(
        readTorchPickle(write(bytes)),
        (error) => hasCode(error, 'pickleForbidden') && error.data.symbol === symbol,
        symbol,
      );
    }
  }
});

const storage = (elements: number) =>
  `\x80\x02}X\x01\0\0\0wctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK${String.fromCharCode(elements)}tQ`;

test('a bad pickle is invalid', async () => {
  const bad: [string, Buffer, RegExp][] = [
    ['empty', latin(''), /ends/],
    ['text', latin('<html>'), /opcode/],
    ['another object', latin('\x80\x02}.'), /neither/],
    ['no state dict', zipOf(latin('\x80\x02]K\x01a.')), /no state dict/],
    ['no tensors', zipOf(latin('\x80\x02}K\x01K\x02s.')), /no tensors/],
    ['stack underflow', zipOf(latin('\x80\x020.')), /stack/],
    ['reach below a mark', zipOf(latin('\x80\x02K\x01(0.')), /stack/],
    ['no mark', zipOf(latin('\x80\x02t.')), /mark/],
    ['nothing memorised', zipOf(latin('\x80\x02h\x05.')), /memorised/],
    ['protocol 6', zipOf(latin('\x80\x06N.')), /protocol/],
    ['a call of a value', zipOf(latin('\x80\x02}]R.')), /call/],
    ['a storage called', zipOf(latin('\x80\x02ctorch\nFloatStorage\n)R.')), /call/],
    ['append to a dict', zipOf(latin('\x80\x02}Na.')), /append/],
    ['a length of 2^64', zipOf(latin('\x80\x02\x8d\xff\xff\xff\xff\xff\xff\xff\xff.')), /ends/],
    ['a view outside its storage', zipOf(latin(`${storage(4)}K\0K\x05\x85K\x01\x85tRs.`)), /beyond/],
    ['a negative stride', zipOf(latin(`${storage(4)}K\0K\x02\x85J\xff\xff\xff\xff\x85tRs.`)), /size or stride/],
    ['a stride of 0 over 10^9', zipOf(latin(`${storage(4)}K\0J\0\xca\x9a\x3b\x85K\0\x85tRs.`)), /claims/],
    ['a storage that is not there', zipOf(latin(`${storage(4)}K\0K\x04\x85K\x01\x85tRs.`)), /no storage 0/],
    ['compressed', zipOf(latin('\x80\x02}.'), 8), /compressed/],
    ['deep nesting as storage key', zipOf(latin(`\x80\x02${']'.repeat(50000)}${'a'.repeat(49999)}Q.`)), /persistent/],
  ];
  for (const [what, bytes, pattern] of bad) {
    await assert.rejects(
      readTorchPickle(write(bytes)),
      (error) => hasCode(error, 'pickleInvalid') && pattern.test(error.data.reason),
      what,
    );
  }
});

for (const name of ['torch/zip.protocol2.bin', 'torch/zip.protocol4.bin', 'torch/legacy.protocol2.bin']) {
  test(`${name}, cut off or changed, gives tensors or a TrainerError and never hangs`, async () => {
    const whole = readFileSync(join(fixtures, name));
    let seed = 7;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
      return (seed >> 8) % below;
    };
    const attempt = async (bytes: Buffer) => {
      try {
        await readTorchPickle(write(bytes));
        return 0;
      } catch (error) {
        if (!(error instanceof TrainerError)) throw error;
        return 1;
      }
    };
    for (let length = 0; length < whole.length; length += 7) {
      assert.equal(await attempt(whole.subarray(0, length)), 1, `cut at ${length}`);
    }
    let refused = 0;
    for (let round = 0; round < 1200; round++) {
      const bytes = Buffer.from(whole);
      for (let changes = 1 + random(4); changes > 0; changes--) bytes[random(bytes.length)] = random(256);
      refused += await attempt(bytes);
    }
    assert.ok(refused > 200);
  });
}
