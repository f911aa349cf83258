/** Tensors that are larger than a device takes in one piece: a program's inputs in pieces of rows (`graph/splitLarge.ts`). */
import type { Graph } from '../graph/graph.js';
import { type Piece, piecesOf, splitLarge } from '../graph/splitLarge.js';
import type { DeviceTensor } from './deviceTensor.js';
import type { HostTensor } from './hostTensor.js';
import type { Initializer } from './onnxEncoder.js';
import type { Feeds } from './program.js';

/** A tensor on a device in pieces of rows, in the order of `piecesOf`. */
export class TensorInPieces implements DeviceTensor {
  constructor(
    readonly dims: readonly number[],
    readonly type: DeviceTensor['type'],
    readonly handle: readonly DeviceTensor[],
  ) {}

  dispose(): void {
    for (const piece of this.handle) piece.dispose();
  }
}

/** The pieces of a tensor of the host, as views; itself where it is not too large. */
export function cutTensor({ dims, data }: HostTensor, limit: number): HostTensor[] {
  return piecesOf('', dims, limit).map((piece) => part({ dims, data }, piece));
}

function part({ dims, data }: HostTensor, { from, to }: Piece): HostTensor {
  const width = data.length / (dims[0] ?? 1);
  return {
    dims: dims.length === 0 ? [] : [to - from, ...dims.slice(1)],
    data: data.subarray(from * width, to * width),
  };
}

/** A graph in which no tensor is too large, and what becomes of what the whole one is given. */
export class CutGraph {
  /** It has the outputs of the whole graph. */
  readonly graph: Graph;
  /** By the names of inputs that are too large. */
  readonly #pieces = new Map<string, Piece[]>();
  readonly #owners = new Map<string, string>();

  /** @param limit bytes. An output that is larger is an Error: nothing would put it together again. */
  constructor(whole: Graph, limit: number) {
    for (const [name, { dims }] of whole.outputs) {
      if (piecesOf(name, dims, limit).length > 1) throw new Error(`output '${name}' is larger than the device takes`);
    }
    this.graph = splitLarge(whole, limit);
    for (const [name, { value }] of whole.inputs) {
      const pieces = piecesOf(name, value.dims, limit);
      if (pieces.length === 1) continue;
      this.#pieces.set(name, pieces);
      for (const piece of pieces) this.#owners.set(piece.name, name);
    }
  }

  /** The name that an input of the graph has in the whole one. */
  ownerOf(name: string): string {
    return this.#owners.get(name) ?? name;
  }

  /** The initializers of the graph, made of those of the whole one: the same memory, the same files. */
  initializers(whole: ReadonlyMap<string, Initializer>): ReadonlyMap<string, Initializer> {
    return new Map(
      [...whole].flatMap(([name, data]): [string, Initializer][] => {
        const pieces = this.#pieces.get(name);
        if (!pieces) return [[name, data]];
        const rows = (pieces.at(-1) as Piece).to;
        return pieces.map((piece) => [piece.name, rowsOf(data, rows, piece)]);
      }),
    );
  }

  /** The feeds of the graph, made of those of the whole one. */
  feeds(whole: Feeds): Feeds {
    if (this.#pieces.size === 0) return whole;
    const feeds: Record<string, HostTensor | DeviceTensor> = { ...whole };
    for (const [name, pieces] of this.#pieces) {
      const tensor = whole[name];
      if (!tensor) continue;
      delete feeds[name];
      pieces.forEach((piece, i) => {
        if ('data' in tensor) feeds[piece.name] = part(tensor, piece);
        else if (tensor instanceof TensorInPieces) feeds[piece.name] = tensor.handle[i] as DeviceTensor;
        else throw new Error(`'${name}' is larger than the device takes and not in pieces`);
      });
    }
    return feeds;
  }
}

function rowsOf(data: Initializer, rows: number, { from, to }: Piece): Initializer {
  if (data instanceof Float32Array) return data.subarray((data.length / rows) * from, (data.length / rows) * to);
  const width = data.sizeBytes / rows;
  return { file: data.file, offset: data.offset + from * width, sizeBytes: (to - from) * width };
}
