import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type ErrorCode, hasCode, TrainerError } from '../protocol/errors.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { readSafetensors, readSafetensorsHeader, safetensorsByteLength, safetensorsChunks } from './safetensors.js';

const fixtures = fileURLToPath(new URL('../../../trainer-core/checkpoint/fixtures/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'safetensors-'));
after(() => rmSync(folder, { recursive: true }));

/** A safetensors file made without our writer: header text as given, then the data. */
function write(header: string | Buffer, data: Buffer = Buffer.alloc(0), headerBytes?: bigint): string {
  const text = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(headerBytes ?? BigInt(text.length));
  const file = join(folder, 'case.safetensors');
  writeFileSync(file, Buffer.concat([length, text, data]));
  return file;
}

async function rejects(file: string, code: ErrorCode, pattern = /./): Promise<void> {
  await assert.rejects(readSafetensors(file), (error) => hasCode(error, code) && pattern.test(error.message));
}

const entry = (dtype: string, shape: number[], begin: number, end: number) =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });

for (const model of ['teacher', 'student']) {
  test(`a file of Hugging Face comes out of our writer byte for byte (${model})`, async () => {
    const file = join(fixtures, model, 'model.safetensors');
    const tensors = await readSafetensors(file);
    const written = Buffer.concat(Array.from(safetensorsChunks(tensors, 'F32'), (chunk) => Buffer.from(chunk)));
    assert.ok(written.equals(readFileSync(file)));
    assert.equal(safetensorsByteLength(tensors, 'F32'), written.length);
  });
}

test('the header tells where in the file each tensor lies', async () => {
  const file = join(fixtures, 'teacher', 'model.safetensors');
  const bytes = readFileSync(file);
  const tensors = await readSafetensors(file);
  const entries = await readSafetensorsHeader(file);
  assert.equal(entries.length, tensors.size);
  for (const { name, byteOffset, byteLength, dims } of entries) {
    const { data } = tensors.get(name)!;
    assert.deepEqual(dims, tensors.get(name)!.dims);
    assert.equal(byteLength, data.byteLength);
    assert.equal(bytes.readFloatLE(byteOffset), data[0]);
    assert.equal(bytes.readFloatLE(byteOffset + byteLength - 4), data.at(-1));
  }
});

test('every element type becomes float32', async () => {
  const parts: [string, number[], Buffer, number[]][] = [
    ['F64', [2], Buffer.from(Float64Array.of(0.1, -4).buffer), [Math.fround(0.1), -4]],
    ['I64', [2], Buffer.from(BigInt64Array.of(-1n, 70000n).buffer), [-1, 70000]],
    ['F32', [2, 1], Buffer.from(Float32Array.of(1.5, -0.25).buffer), [1.5, -0.25]],
    ['I32', [1], Buffer.from(Int32Array.of(-70000).buffer), [-70000]],
    ['I16', [2], Buffer.from(Int16Array.of(-300, 300).buffer), [-300, 300]],
    ['F16', [3], Buffer.from('003c00c0ff7b', 'hex'), [1, -2, 65504]],
    ['BF16', [2], Buffer.from('803f49c0', 'hex'), [1, -3.140625]],
    ['I8', [2], Buffer.from([0x80, 0x7f]), [-128, 127]],
    ['U8', [2], Buffer.from([0, 255]), [0, 255]],
    ['BOOL', [2], Buffer.from([1, 0]), [1, 0]],
    ['F32', [0, 3], Buffer.alloc(0), []],
    ['F32', [], Buffer.from(Float32Array.of(7).buffer), [7]],
  ];
  let begin = 0;
  const header = parts.map(([dtype, shape, data], i) => {
    const text = `"t${i}":${entry(dtype, shape, begin, begin + data.length)}`;
    begin += data.length;
    return text;
  });
  const tensors = await readSafetensors(write(`{${header.join(',')}}`, Buffer.concat(parts.map((part) => part[2]))));
  parts.forEach(([dtype, shape, , values], i) => {
    const tensor = tensors.get(`t${i}`)!;
    assert.deepEqual([...tensor.data], values, dtype);
    assert.deepEqual(tensor.dims, shape);
  });
});

test('a tensor longer than the conversion buffer is converted whole', async () => {
  const integers = Int32Array.from({ length: 700_001 }, (_, i) => i * 3 - 1_000_000);
  const file = write(`{"long":${entry('I32', [700_001], 0, integers.byteLength)}}`, Buffer.from(integers.buffer));
  const { data } = (await readSafetensors(file)).get('long')!;
  assert.ok(data.every((value, i) => value === integers[i]));
});

test('F16 is written rounded, in order, and at the length foretold', async () => {
  const tensors: NamedTensors = new Map([
    ['b', { dims: [2, 2], data: Float32Array.of(1, 2049, -0.1, 70000) }],
    ['10', { dims: [1], data: Float32Array.of(3) }],
    ['a', { dims: [2_500_000], data: new Float32Array(2_500_000).fill(0.5) }],
  ]);
  const bytes = Buffer.concat(Array.from(safetensorsChunks(tensors, 'F16'), (chunk) => Buffer.from(chunk)));
  assert.equal(bytes.length, safetensorsByteLength(tensors, 'F16'));
  const headerBytes = Number(bytes.readBigUInt64LE());
  assert.equal(headerBytes % 8, 0);
  const header = bytes.toString('utf8', 8, 8 + headerBytes);
  assert.ok(
    header.startsWith('{"__metadata__":{"format":"pt"},"b":{"dtype":"F16","shape":[2,2],"data_offsets":[0,8]},"10":'),
  );
  const file = join(folder, 'half.safetensors');
  writeFileSync(file, bytes);
  const back = await readSafetensors(file);
  assert.deepEqual([...back.keys()], ['b', '10', 'a']);
  assert.deepEqual([...back.get('b')!.data], [1, 2048, -0.0999755859375, Infinity]);
  assert.ok(back.get('a')!.data.every((value) => value === 0.5));
});

test('positions beyond 2 GB and 4 GB are read right', async () => {
  const file = join(folder, 'large.safetensors');
  const begin = 5_000_000_000;
  const header = Buffer.from(`{"hole":${entry('U8', [begin], 0, begin)},"end":${entry('F32', [2], begin, begin + 8)}}`);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  writeFileSync(file, Buffer.concat([length, header]));
  // The hole is sparse: it takes no room on the disk.
  truncateSync(file, 8 + header.length + begin);
  writeFileSync(file, Buffer.from(Float32Array.of(2.5, -8).buffer), { flag: 'a' });
  const tensors = await readSafetensors(file, (tensor) => tensor.name === 'end');
  assert.deepEqual([...tensors.get('end')!.data], [2.5, -8]);
  rmSync(file);
});

test('a truncated file is told apart', async () => {
  const whole = readFileSync(join(fixtures, 'student', 'model.safetensors'));
  const file = join(folder, 'cut.safetensors');
  for (const length of [0, 7, 8, 100, 2672, 2673, whole.length - 1]) {
    writeFileSync(file, whole.subarray(0, length));
    await assert.rejects(
      readSafetensors(file),
      (error) =>
        hasCode(error, 'safetensorsTruncated') && error.data.gotBytes === length && error.data.expectedBytes > length,
    );
  }
});

test('a lying header is refused', async () => {
  const eight = Buffer.alloc(8);
  const invalid: [string, string | Buffer, Buffer, RegExp][] = [
    ['not JSON', '{"a":', eight, /not JSON/],
    ['not an object', '[1]', eight, /not an object/],
    ['not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), eight, /not JSON/],
    ['shape and offsets differ', `{"a":${entry('F32', [3], 0, 8)}}`, eight, /do not fit/],
    ['overlap', `{"a":${entry('F32', [1], 0, 4)},"b":${entry('F32', [1], 2, 6)}}`, eight, /overlaps/],
    ['the same place twice', `{"a":${entry('F32', [1], 0, 4)},"b":${entry('F32', [1], 0, 4)}}`, eight, /overlaps/],
    ['a gap', `{"a":${entry('F32', [1], 4, 8)}}`, eight, /unused/],
    ['bytes after the end', `{"a":${entry('F32', [1], 0, 4)}}`, eight, /after the last/],
    ['backwards', `{"a":${entry('F32', [1], 4, 0)}}`, eight, /do not fit/],
    ['negative', `{"a":${entry('F32', [-1], 0, 4)}}`, eight, /shape/],
    ['beyond exact integers', `{"a":${entry('F32', [2 ** 40, 2 ** 40], 0, 8)}}`, eight, /do not fit/],
    ['fraction', `{"a":${entry('F32', [1.5], 0, 6)}}`, eight, /shape/],
    ['three offsets', '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}', eight, /pair/],
    ['no dtype', '{"a":{"shape":[2],"data_offsets":[0,8]}}', eight, /no dtype/],
    ['entry is a number', '{"a":3}', eight, /not an object/],
    ['a name twice', `{"a":${entry('F32', [2], 0, 8)},"\\u0061":${entry('F32', [1, 2], 0, 8)}}`, eight, /given twice/],
    ['dtype twice', '{"a":{"dtype":"F32","dtype":"I32","shape":[2],"data_offsets":[0,8]}}', eight, /given twice/],
  ];
  for (const [what, header, data, pattern] of invalid) {
    await assert.rejects(
      readSafetensors(write(header, data)),
      (error) => hasCode(error, 'safetensorsHeaderInvalid') && pattern.test(error.data.reason),
      what,
    );
  }
  await rejects(write('{}', eight, 2n ** 63n), 'safetensorsHeaderInvalid', /header length/);
  await rejects(write('{}', eight, 100n), 'safetensorsTruncated');
  await rejects(write(`{"a":${entry('F32', [3], 0, 12)}}`, eight), 'safetensorsTruncated');
  await rejects(write(`{"a":${entry('F8_E4M3', [8], 0, 8)}}`, eight), 'tensorDtypeUnsupported', /F8_E4M3/);
  writeFileSync(join(folder, 'pointer'), 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 4\n');
  await rejects(join(folder, 'pointer'), 'safetensorsHeaderInvalid', /LFS/);
  await rejects(join(folder, 'absent'), 'fileNotFound');
  await rejects(folder, 'fileUnreadable');
});

test('a name may hold what a scan for keys could take for something else', async () => {
  const name = '{"}:\\';
  const file = write(
    `{"__metadata__":{"a":"\\"}{:\\\\"},${JSON.stringify(name)}:${entry('F32', [1], 0, 4)}}`,
    Buffer.alloc(4),
  );
  assert.deepEqual([...(await readSafetensors(file)).keys()], [name]);
});

test('changed bytes never give anything but tensors or a TrainerError', async () => {
  const whole = readFileSync(join(fixtures, 'student', 'model.safetensors'));
  const file = join(folder, 'fuzz.safetensors');
  let seed = 1;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return (seed >> 8) % below;
  };
  let refused = 0;
  for (let round = 0; round < 1500; round++) {
    const bytes = Buffer.from(whole);
    for (let changes = 1 + random(3); changes > 0; changes--) bytes[random(2672)] = random(256);
    writeFileSync(file, bytes);
    try {
      await readSafetensors(file);
    } catch (error) {
      if (!(error instanceof TrainerError)) throw error;
      refused++;
    }
  }
  assert.ok(refused > 500);
});
