/**
 * What a device gives to plain graphs of ours, to compare a step with: products of square matrices, element-wise work on large tensors,
 * and dispatches that do next to nothing. Each is one graph of many equal nodes in a chain, which the engine can neither leave out nor
 * join; one number is read back at its end. The figures are what our engine reaches, not what the card could do.
 */
import { Random } from '../../../trainer-core/corpus/random.js';
import { add, matMul, sumAll } from '../../../trainer-core/graph/build.js';
import { Graph } from '../../../trainer-core/graph/graph.js';
import type { Value } from '../../../trainer-core/graph/ops.js';
import { DeviceMemory } from '../../../trainer-core/runtime/deviceMemory.js';
import type { Device } from '../../../trainer-core/runtime/devices.js';
import { float16Lowering } from '../../../trainer-core/runtime/float16.js';
import { float32 } from '../../../trainer-core/runtime/hostTensor.js';
import { type CompileOptions, Program } from '../../../trainer-core/runtime/program.js';
import { median } from '../steps.js';

export interface Probes {
  /** Rows and columns of the matrices. */
  size: number;
  tflops: number;
  /** Bytes read and written by additions of tensors as large as those matrices. */
  trafficGBs: number;
  usPerDispatch: number;
}

export type Precision = 'fp32' | 'fp16';

const PRODUCTS = 16;
const ADDITIONS = 16;
const DISPATCHES = 1000;
const ROUNDS = 3;

/** Measures a device. @param size rows and columns of the matrices. */
export async function probe(device: Device, size: number, precision: Precision): Promise<Probes> {
  const lowering = precision === 'fp16' ? { lowering: float16Lowering() } : {};
  const product = await chainSeconds({ device, ...lowering }, [size, size], PRODUCTS, matMul, 1 / Math.sqrt(size));
  const addition = await chainSeconds({ device }, [size, size], ADDITIONS, add, 1);
  const dispatch = await chainSeconds({ device }, [1], DISPATCHES, add, 1);
  return {
    size,
    tflops: (2 * size ** 3) / product / 1e12,
    trafficGBs: (3 * 4 * size ** 2) / addition / 1e9,
    usPerDispatch: 1e6 * dispatch,
  };
}

/** Seconds that a node of a chain x ∘ y ∘ y … takes; both are random, `scale` being the spread of y. */
async function chainSeconds(
  options: CompileOptions & { device: Device },
  dims: readonly number[],
  length: number,
  node: (g: Graph, a: Value, b: Value) => Value,
  scale: number,
): Promise<number> {
  const g = new Graph();
  const [x, y] = [g.input('x', dims), g.input('y', dims)];
  let last = x;
  for (let i = 0; i < length; i++) last = node(g, last, y);
  g.output('sum', sumAll(g, last));
  const program = await Program.compile(g, options);
  const memory = new DeviceMemory(options.device);
  const random = Random.fromSeed(0);
  const drawn = (spread: number) => {
    const count = dims.reduce((a, b) => a * b, 1);
    return memory.upload(
      float32(
        Float32Array.from({ length: count }, () => spread * random.normal()),
        [...dims],
      ),
    );
  };
  const feeds = { x: await drawn(1), y: await drawn(scale) };
  const seconds: number[] = [];
  for (let i = 0; i <= ROUNDS; i++) {
    const start = performance.now();
    await program.run(feeds);
    // The first run compiles the kernels.
    if (i > 0) seconds.push((performance.now() - start) / 1000);
  }
  for (const tensor of Object.values(feeds)) tensor.dispose();
  await program.dispose();
  await memory.dispose();
  return median(seconds) / length;
}
