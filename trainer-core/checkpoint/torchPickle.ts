/** Reads the tensors of a `pytorch_model.bin`, the zip form and the older bare pickles, running nothing (PyTorch torch/serialization.py). */
import { TrainerError } from '../protocol/errors.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { type InputFile, withInputFile } from './inputFile.js';
import { elementCount, elementType, type StoredDType } from './storedDType.js';
import { type PickleContext, type PickleSymbol, unpickle } from './unpickler.js';
import { readZipDirectory, ZipFault, zipDataOffset } from './zipArchive.js';

/** The pickles themselves: names and shapes, some megabytes for the largest models. Also keeps a Map below its limit of 2^24. */
const PICKLE_LIMIT_BYTES = 16_000_000;
const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;
const LEGACY_PROTOCOL = 1001;
/**
 * A view that repeats its elements (stride 0) may be larger than the file. This many float32 elements per byte of the file,
 * and at least so many, are read; more is taken for an attack on our memory.
 */
const ELEMENTS_PER_BYTE = 8;
const MIN_ELEMENT_LIMIT = 16 * 1024 * 1024;

const storageTypes: Record<string, StoredDType> = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
};

/** A tensor of the file before its data is read. */
export interface TorchEntry {
  readonly name: string;
  readonly dtype: StoredDType;
  readonly dims: readonly number[];
}

/** A storage, or part of one (`start`, in elements). */
class Storage {
  constructor(
    readonly key: string,
    readonly dtype: StoredDType,
    readonly start: number,
    readonly elements: number,
    /** Elements of the whole storage. */
    readonly rootElements: number,
  ) {}
}

/** A strided view of a storage; offset and strides in elements. */
class View {
  constructor(
    readonly storage: Storage,
    readonly offset: number,
    readonly dims: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

/**
 * Reads the selected tensors (default: all) of a state dict as float32, each contiguous in memory of its own, tied ones twice.
 * Values that are no tensors are passed over. Throws `pickleForbidden` when the file names any symbol but those of tensors,
 * `pickleInvalid`, `fileNotFound`, `fileUnreadable`.
 */
export function readTorchPickle(
  file: string,
  select: (entry: TorchEntry) => boolean = () => true,
): Promise<NamedTensors> {
  return withInputFile(file, async (input) => {
    try {
      const signature = await input.read(0, Math.min(4, input.sizeBytes));
      const archive = signature.toString('latin1') === 'PK\x03\x04' ? await openZip(input) : await openLegacy(input);
      return await readTensors(input, archive, select);
    } catch (error) {
      if (error instanceof ZipFault) throw invalid(input, error.message);
      throw error;
    }
  });
}

/** The state dict, and where in the file each storage begins. */
interface Archive {
  readonly stateDict: unknown;
  readonly locate: (storage: Storage) => Promise<number>;
}

async function openZip(input: InputFile): Promise<Archive> {
  const entries = await readZipDirectory(input);
  const pickleEntry = [...entries.values()].find((entry) => /^[^/]+\/data\.pkl$/.test(entry.name));
  if (pickleEntry === undefined) throw invalid(input, 'no data.pkl');
  if (pickleEntry.byteLength > PICKLE_LIMIT_BYTES) throw invalid(input, 'data.pkl is too large');
  const folder = pickleEntry.name.slice(0, -'data.pkl'.length);

  const byteOrder = entries.get(`${folder}byteorder`);
  if (byteOrder !== undefined) {
    const order = await input.read(await zipDataOffset(input, byteOrder), Math.min(byteOrder.byteLength, 16));
    if (order.toString('latin1') !== 'little') throw invalid(input, 'is not little-endian');
  }
  const bytes = await input.read(await zipDataOffset(input, pickleEntry), pickleEntry.byteLength);
  const locate = async (storage: Storage) => {
    const entry = entries.get(`${folder}data/${storage.key}`);
    if (entry === undefined) throw invalid(input, `no storage ${storage.key}`);
    if (entry.byteLength < storage.rootElements * elementType(storage.dtype).bytes) {
      throw invalid(input, `storage ${storage.key} is too short`);
    }
    return zipDataOffset(input, entry);
  };
  return { stateDict: unpickle(bytes, contextOf(input, new Map())).value, locate };
}

/** The old form: five pickles (magic, protocol, system, state dict, storage keys), then each storage: i64 count, elements. */
async function openLegacy(input: InputFile): Promise<Archive> {
  const bytes = await input.read(0, Math.min(input.sizeBytes, PICKLE_LIMIT_BYTES));
  const storages = new Map<string, Storage>();
  const context = contextOf(input, storages);
  let at = 0;
  const next = () => {
    const { value, end } = unpickle(bytes.subarray(at), context);
    at += end;
    return value;
  };
  if (next() !== LEGACY_MAGIC) throw invalid(input, 'is neither a zip file nor an old PyTorch file');
  if (next() !== LEGACY_PROTOCOL) throw invalid(input, `protocol is not ${LEGACY_PROTOCOL}`);
  const system = next();
  if (!(system instanceof Map) || system.get('little_endian') !== true) throw invalid(input, 'is not little-endian');
  const stateDict = next();
  const keys = next();
  if (!Array.isArray(keys)) throw invalid(input, 'no list of storages');

  const offsets = new Map<string, number>();
  for (const key of keys) {
    const storage = storages.get(key);
    if (storage === undefined || offsets.has(key)) throw invalid(input, `a listed storage belongs to no tensor`);
    if (at + 8 > input.sizeBytes) throw invalid(input, 'is cut off');
    const elements = (await input.read(at, 8)).readBigInt64LE();
    if (elements !== BigInt(storage.rootElements)) throw invalid(input, `storage ${key} has ${elements} elements`);
    offsets.set(key, at + 8);
    at += 8 + storage.rootElements * elementType(storage.dtype).bytes;
    if (at > input.sizeBytes) throw invalid(input, 'is cut off');
  }
  const locate = async (storage: Storage) => {
    const offset = offsets.get(storage.key);
    if (offset === undefined) throw invalid(input, `no storage ${storage.key}`);
    return offset;
  };
  return { stateDict, locate };
}

/** The whole list of what a model file may name. `storages` collects the storages met, by key. */
function contextOf(input: InputFile, storages: Map<string, Storage>): PickleContext {
  const rebuild = (args: readonly unknown[]) => rebuildTensor(input, args);
  const symbols = new Map<string, PickleSymbol>(
    [
      { name: 'collections.OrderedDict', call: ([pairs]: readonly unknown[]) => dictOf(pairs) },
      { name: 'torch._utils._rebuild_tensor', call: rebuild },
      { name: 'torch._utils._rebuild_tensor_v2', call: rebuild },
      { name: 'torch._utils._rebuild_parameter', call: (args: readonly unknown[]) => args[0] },
      ...Object.keys(storageTypes).map((name) => ({ name: `torch.${name}` })),
    ].map((symbol) => [symbol.name, symbol]),
  );
  return {
    file: input.path,
    findSymbol: (module, name) => symbols.get(`${module}.${name}`),
    loadPersistent: (id) => {
      const storage = loadStorage(input, id);
      const known = storages.get(storage.key);
      if (known && (known.dtype !== storage.dtype || known.rootElements !== storage.rootElements)) {
        throw invalid(input, `storage ${storage.key} is described in two ways`);
      }
      storages.set(storage.key, storage);
      return storage;
    },
  };
}

/** An OrderedDict from nothing or, as Python 2 wrote it, from a list of pairs. */
function dictOf(pairs: unknown): Map<unknown, unknown> {
  return new Map(Array.isArray(pairs) ? pairs.filter(Array.isArray).map(([key, value]) => [key, value]) : []);
}

/** A persistent id: ('storage', type, key, device, elements), and in the old form (view key, start, elements) or None. */
function loadStorage(input: InputFile, id: unknown): Storage {
  if (!Array.isArray(id) || id[0] !== 'storage') throw invalid(input, 'a persistent id that is no storage');
  const [, type, key, , rootElements, part] = id;
  const typeName = typeof type === 'object' && type !== null && 'name' in type ? String(type.name) : '';
  const dtype = storageTypes[typeName.replace(/^torch\./, '')];
  if (dtype === undefined || typeof key !== 'string' || !isSize(rootElements)) {
    throw invalid(input, 'a storage without type, key or size');
  }
  if (part === undefined || part === null) return new Storage(key, dtype, 0, rootElements, rootElements);
  const [, start, elements] = Array.isArray(part) ? part : [];
  if (!isSize(start) || !isSize(elements) || start + elements > rootElements) {
    throw invalid(input, `a part of storage ${key} lies outside it`);
  }
  return new Storage(key, dtype, start, elements, rootElements);
}

function rebuildTensor(input: InputFile, args: readonly unknown[]): View {
  const [storage, offset, dims, strides] = args;
  if (!(storage instanceof Storage) || !isSize(offset) || !isSizes(dims) || !isSizes(strides)) {
    throw invalid(input, 'a tensor without storage, offset, size or stride');
  }
  const count = elementCount(dims);
  if (count === null || dims.length !== strides.length) throw invalid(input, 'a tensor of impossible size');
  if (count > 0 && offset + spanOf(dims, strides) > storage.elements) {
    throw invalid(input, `a tensor reaches beyond storage ${storage.key}`);
  }
  return new View(storage, offset, dims, strides);
}

async function readTensors(
  input: InputFile,
  { stateDict, locate }: Archive,
  select: (entry: TorchEntry) => boolean,
): Promise<NamedTensors> {
  if (!(stateDict instanceof Map)) throw invalid(input, 'holds no state dict');
  const views = [...stateDict].filter(
    (item): item is [string, View] => typeof item[0] === 'string' && item[1] instanceof View,
  );
  if (views.length === 0) throw invalid(input, 'holds no tensors');
  const elements = views.reduce((sum, [, view]) => sum + elementCount(view.dims)!, 0);
  if (elements > Math.max(MIN_ELEMENT_LIMIT, ELEMENTS_PER_BYTE * input.sizeBytes)) {
    throw invalid(input, `claims ${elements} elements in ${input.sizeBytes} bytes`);
  }
  const tensors: NamedTensors = new Map();
  for (const [name, view] of views) {
    const { dtype } = view.storage;
    if (!select({ name, dtype, dims: view.dims })) continue;
    const position = (await locate(view.storage)) + (view.storage.start + view.offset) * elementType(dtype).bytes;
    tensors.set(name, { dims: view.dims, data: await readView(input, position, view) });
  }
  return tensors;
}

/** The elements of a view in row-major order. */
async function readView(input: InputFile, position: number, view: View): Promise<Float32Array> {
  const { dims, strides } = view;
  const data = new Float32Array(elementCount(dims)!);
  if (data.length === 0) return data;
  if (isContiguous(dims, strides)) {
    await input.readFloats(position, view.storage.dtype, data);
    return data;
  }
  const span = new Float32Array(spanOf(dims, strides));
  await input.readFloats(position, view.storage.dtype, span);
  const index = dims.map(() => 0);
  for (let i = 0, at = 0; i < data.length; i++) {
    data[i] = span[at]!;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      index[axis]!++;
      if (index[axis]! < dims[axis]!) break;
      at -= index[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
  return data;
}

/** Number of storage elements from the first to the last of a view that has any. */
function spanOf(dims: readonly number[], strides: readonly number[]): number {
  return dims.reduce((span, dim, axis) => span + (dim - 1) * strides[axis]!, 1);
}

function isContiguous(dims: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    // The stride of an axis of one element is never walked, and PyTorch leaves it anything.
    if (dims[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= dims[axis]!;
  }
  return true;
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isSize);
}

function invalid(input: InputFile, reason: string): TrainerError {
  return new TrainerError('pickleInvalid', { file: input.path, reason });
}
