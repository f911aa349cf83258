/** A graph made ready to run on a device. */
import type { Graph } from '../graph/graph.js';
import type { Device } from './devices.js';
import type { DeviceTensor } from './deviceTensor.js';
import type { HostTensor } from './hostTensor.js';
import type { Initializer, Lowering } from './onnxEncoder.js';
import { OrtProgram } from './ortProgram.js';
import { loadTensorflow } from './tfjs/loadTensorflow.js';
import { TfjsProgram } from './tfjs/tfjsProgram.js';

export interface CompileOptions {
  /** Default: the CPU. */
  device?: Device;
  /** Threads inside one op on the CPU; default: those of the device, or all cores. */
  threads?: number;
  /** Parameters to bake into the model instead of feeding them on every run. */
  initializers?: ReadonlyMap<string, Initializer>;
  /** The folder that external initializers' file names are relative to. */
  weightsFolder?: string;
  /**
   * Dropout masks are worked out in the graph, from a word a row and column, instead of being fed; the same masks to the last bit.
   * Default: true on all devices but the CPU, where that takes longer.
   */
  masksInGraph?: boolean;
  /** Bytes: tensors that are larger are cut into pieces (`graph/splitLarge.ts`). Default: what the device takes. */
  largestTensor?: number;
  /** Spells some ops in another precision (`int8Lowering`). */
  lowering?: Lowering;
  /** Keep a second, rearranged copy of baked-in matrices that multiplies faster. Default true. */
  prepack?: boolean;
  /**
   * Plan the memory of a run once for each shape that comes again, which saves a little time. Default true. False where many shapes
   * come: a plan is one piece as large as all of a run, and lies beside what runs of other shapes have left.
   */
  planMemory?: boolean;
  /** Outputs that stay on the device: `runKeeping` gives them. Default: none. */
  keep?: readonly string[];
  /**
   * True: each kept output is written over the tensor that `reuse` names for it, which may be the feed it is computed from. Only for
   * graphs in which nothing reads that feed once the output is written (see ARCHITECTURE.md on aliasing).
   */
  inPlace?: boolean;
  /** True for what is only tried: the engine does not print its own words about a failure. Default false. */
  quiet?: boolean;
  /** Where to write a profile of every op (Chrome trace format) when the program is disposed. */
  profileFile?: string;
}

export interface RunOptions {
  /** Values for symbols that appear in no fed tensor's shape. */
  bindings?: Readonly<Record<string, number>>;
  /** Host memory to write outputs into, by name; it must not be the memory of an input (see ARCHITECTURE.md on aliasing). */
  into?: Readonly<Record<string, HostTensor>>;
  /** Tensors that the kept outputs of a program compiled `inPlace` are written over, by name. */
  reuse?: Readonly<Record<string, DeviceTensor>>;
  /** Names the dropout masks of this run; required when the graph has dropout. */
  dropoutSeed?: number;
}

/** What a run is fed, by name: tensors of the host or of the program's own device. */
export type Feeds = Readonly<Record<string, HostTensor | DeviceTensor>>;

/** The outputs of a run by name. */
export type Outputs = Record<string, HostTensor>;

/** A compiled graph; serves every batch size and length. */
export interface Program {
  /** The inputs a run needs, by name; dropout masks and shapes are not among them. */
  readonly feedNames: string[];
  /**
   * Runs the graph. Feeds that the graph does not need are ignored; a missing one is an Error.
   * Throws TrainerError `outOfMemory`, after which a smaller run may still do, `deviceLost` and `engineFailed`.
   */
  run(feeds: Feeds, options?: RunOptions): Promise<Outputs>;
  /** As `run`, and gives the outputs that were kept on the device, which are the caller's to dispose of. */
  runKeeping(feeds: Feeds, options?: RunOptions): Promise<{ outputs: Outputs; kept: Record<string, DeviceTensor> }>;
  /** Frees the engine's memory. The program cannot run afterwards. */
  dispose(): Promise<void>;
}

export const Program = {
  /** Makes a graph ready. Throws TrainerError `outOfMemory`, `deviceLost` and `engineFailed`, and the errors of `loadTensorflow`. */
  async compile(graph: Graph, options: CompileOptions = {}): Promise<Program> {
    if (options.device?.name === 'tensorflow') return TfjsProgram.compile(loadTensorflow(), graph, options);
    return await OrtProgram.compile(graph, options);
  },
};
