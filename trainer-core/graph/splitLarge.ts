/**
 * Rewrites a graph so that no tensor of known size is larger than a device takes: a large table, its gradient and what is added to it
 * become pieces of whole rows, and the ops that such tensors go through are done piece by piece. What comes out is the same but for
 * the order in which a product over all of the table's rows is summed up.
 */
import { concat, gather, gemm, greater, reshape, scatterAdd, split, sub, where, zeros } from './build.js';
import { type Dim, product } from './dims.js';
import { Graph, topologicalOrder } from './graph.js';
import type { Node, Op, OpAttributes, Value } from './ops.js';

/** Rows `from` to before `to` of a tensor; of one whose rows are not known both are 0. */
export interface Piece {
  /** Of the input or output that stands in for the tensor's: its own where it is whole, otherwise with `#` and a number. */
  name: string;
  from: number;
  to: number;
}

const BYTES = 4;
/** Pieces have a multiple of so many rows where they can, which suits kernels that work on several at once. */
const ROWS_AT_ONCE = 64;

/** The pieces of a tensor: one where it takes at most `limit` bytes, or has dimensions that are not known. A larger row is an Error. */
export function piecesOf(name: string, dims: readonly Dim[], limit: number): Piece[] {
  const rows = dims[0] ?? 1;
  const size = product(dims);
  if (typeof rows !== 'number') return [{ name, from: 0, to: 0 }];
  if (typeof size !== 'number' || size * BYTES <= limit) return [{ name, from: 0, to: rows }];
  const most = Math.floor(limit / ((size / rows) * BYTES));
  if (most < 1) throw new Error(`a row of [${dims.join(', ')}] is larger than ${limit} bytes`);
  const even = Math.ceil(rows / Math.ceil(rows / most));
  const rounded = Math.ceil(even / ROWS_AT_ONCE) * ROWS_AT_ONCE;
  const step = rounded <= most ? rounded : even;
  return Array.from({ length: Math.ceil(rows / step) }, (_, i) => ({
    name: `${name}#${i}`,
    from: i * step,
    to: Math.min(rows, (i + 1) * step),
  }));
}

/**
 * The graph with pieces of at most `limit` bytes; the graph itself where nothing is larger. Inputs and outputs that are cut have the
 * names of `piecesOf`. An op that no rule is known for is an Error.
 */
export function splitLarge(source: Graph, limit: number): Graph {
  const order = topologicalOrder(source.outputs.values());
  const values = [...source.inputs.values()].map(({ value }) => value);
  for (const { outputs } of order) values.push(...outputs);
  return values.some(({ dims }) => piecesOf('', dims, limit).length > 1)
    ? new Splitter(source, limit).run(order)
    : source;
}

class Splitter {
  readonly g = new Graph();
  /** What stands for a value: itself, or its pieces. */
  readonly #made = new Map<Value, readonly Value[]>();
  readonly #splits = new Map<string, readonly Value[]>();

  constructor(
    private readonly source: Graph,
    private readonly limit: number,
  ) {}

  run(order: readonly Node[]): Graph {
    const { source, g } = this;
    for (const { name, value, source: kind } of source.inputs.values()) {
      const inputs = this.pieces(value, name).map((piece) => {
        return g.input(piece.name, this.isLarge(value) ? pieceDims(value, piece) : value.dims, value.type, kind);
      });
      this.#made.set(value, inputs);
    }
    for (const node of order) {
      if (![...node.inputs, ...node.outputs].some((value) => this.isLarge(value))) {
        const inputs = node.inputs.map((x) => this.whole(x));
        const outputs = g.node(node.op, inputs, node.attributes, node.outputs);
        node.outputs.forEach((y, i) => {
          this.#made.set(y, [outputs[i] as Value]);
        });
        continue;
      }
      const rule = rules[node.op] as Rule<Op> | undefined;
      if (!rule) throw new Error(`${node.op} of tensors larger than ${this.limit} bytes is not known in pieces`);
      this.#made.set(node.outputs[0] as Value, rule({ s: this, node, attributes: node.attributes as never }));
    }
    for (const [name, value] of source.outputs) {
      const parts = this.partsOf(value);
      for (const [i, { name: part }] of this.pieces(value, name).entries()) g.output(part, parts[i] as Value);
    }
    return g;
  }

  isLarge(value: Value): boolean {
    return this.pieces(value).length > 1;
  }

  pieces(value: Value, name = ''): Piece[] {
    return piecesOf(name, value.dims, this.limit);
  }

  /** The pieces of a large value, or the one that stands for another. */
  partsOf(value: Value): readonly Value[] {
    const known = this.#made.get(value);
    if (known) return known;
    const data = this.source.constants.get(value);
    if (!data || this.isLarge(value)) throw new Error(`value ${value.id} cannot be had in pieces`);
    const parts = [this.g.constant(data, value.dims as number[])];
    this.#made.set(value, parts);
    return parts;
  }

  whole(value: Value): Value {
    return this.partsOf(value)[0] as Value;
  }

  /** The parts of a value along an axis that is as long as a table is high: cut once for all that read them. */
  along(value: Value, axis: number, pieces: readonly Piece[]): readonly Value[] {
    const sizes = pieces.map(({ from, to }) => to - from);
    if (this.isLarge(value)) {
      const own = this.pieces(value);
      if (axis === 0 && own.length === sizes.length && own.every(({ to }, i) => to === pieces[i]?.to))
        return this.partsOf(value);
      throw new Error(`[${value.dims.join(', ')}] is cut into other pieces than what it goes together with`);
    }
    const key = `${value.id} ${axis} ${sizes}`;
    const parts = this.#splits.get(key) ?? split(this.g, this.whole(value), axis, sizes);
    this.#splits.set(key, parts);
    return parts;
  }
}

interface RuleContext<O extends Op> {
  s: Splitter;
  node: Node;
  attributes: OpAttributes[O];
}

/** Gives the parts of the node's output. */
type Rule<O extends Op> = (context: RuleContext<O>) => readonly Value[];

/** All operands have the output's shape, or broadcast to it. */
function elementWise<O extends Op>({ s, node, attributes }: RuleContext<O>): readonly Value[] {
  const [y] = node.outputs as readonly [Value];
  const pieces = s.pieces(y);
  const operands = node.inputs.map((x) => {
    const cut = x.dims.length === y.dims.length && x.dims[0] === y.dims[0];
    return cut ? s.along(x, 0, pieces) : pieces.map(() => s.whole(x));
  });
  return pieces.map((piece, i) => {
    const inputs = operands.map((parts) => parts[i] as Value);
    return s.g.node(node.op, inputs, attributes, [{ dims: pieceDims(y, piece), type: y.type }])[0] as Value;
  });
}

const rules: { readonly [O in Op]?: Rule<O> } = {
  Add: elementWise,
  Sub: elementWise,
  Mul: elementWise,
  Div: elementWise,
  Neg: elementWise,
  Where: elementWise,
  Cast: elementWise,
  Zeros: ({ s, node: { outputs } }) => {
    const [y] = outputs as readonly [Value];
    return s.pieces(y).map((piece) => zeros(s.g, pieceDims(y, piece)));
  },
  // What is put together of pieces as large as these was never whole.
  Concat: ({ s, node: { inputs, outputs }, attributes: { axis } }) => {
    const [y] = outputs as readonly [Value];
    const pieces = s.pieces(y);
    const fits = ({ dims }: Value, i: number) => dims[0] === (pieces[i] as Piece).to - (pieces[i] as Piece).from;
    if (axis !== 0 || inputs.length !== pieces.length || !inputs.every(fits))
      throw new Error(`[${y.dims.join(', ')}] is put together of other pieces`);
    return inputs.map((x) => s.whole(x));
  },
  Slice: ({ s, node: { inputs }, attributes: { axis, start, end } }) => {
    const [x] = inputs as readonly [Value];
    const found = s.pieces(x).findIndex(({ from, to }) => from === start && to === end);
    if (axis !== 0 || found < 0) throw new Error(`rows ${start} to ${end} of [${x.dims.join(', ')}] are not a piece`);
    return [s.partsOf(x)[found] as Value];
  },
  // Every piece is looked up in; of its rows those are taken whose index lies in it.
  Gather: ({ s, node: { inputs }, attributes: { paddingIndex } }) => {
    const [table, indices] = inputs as readonly [Value, Value];
    const { g } = s;
    const at = s.whole(indices);
    const column = reshape(g, at, [...at.dims, ...table.dims.slice(1).map(() => 1)]);
    const parts = s.partsOf(table);
    const found = s.pieces(table).map((piece, i) => {
      return { from: piece.from, rows: gather(g, parts[i] as Value, within(g, at, piece), paddingIndex) };
    });
    return [
      found.reduce((below, { from, rows }) => ({
        from,
        rows: where(g, greater(g, integer(g, from), column), below.rows, rows),
      })).rows,
    ];
  },
  // Rows of other pieces add nothing to the one that they are led to.
  ScatterAdd: ({ s, node: { inputs } }) => {
    const [data, indices, updates] = inputs as readonly [Value, Value, Value];
    const { g } = s;
    const at = s.whole(indices);
    const column = reshape(g, at, [...at.dims, 1]);
    const rows = s.whole(updates);
    const parts = s.partsOf(data);
    return s.pieces(data).map((piece, i) => {
      const fromBelow = where(g, greater(g, integer(g, piece.to), column), rows, 0);
      const own = where(g, greater(g, integer(g, piece.from), column), 0, fromBelow);
      return scatterAdd(g, parts[i] as Value, within(g, at, piece), own);
    });
  },
  Gemm: ({ s, node: { inputs, outputs }, attributes }) => {
    const [a, b, c] = inputs as readonly [Value, Value, Value?];
    const [y] = outputs as readonly [Value];
    const { g } = s;
    const { transA, transB } = attributes;
    // Rows of a large result, or of a large first factor.
    if (s.isLarge(y) || s.isLarge(a)) {
      if (s.isLarge(b)) throw new Error('a product of two large matrices is not known in pieces');
      const pieces = s.pieces(s.isLarge(y) ? y : a);
      if (!s.isLarge(y) && transA) throw new Error('a large matrix is not known in pieces when it is transposed');
      const rows = s.along(a, transA ? 1 : 0, pieces);
      const own = c && c.dims.length === 2 && c.dims[0] !== 1 ? s.along(c, 0, pieces) : null;
      const made = pieces.map((_, i) => {
        const addend = own ? (own[i] as Value) : c ? s.whole(c) : null;
        return gemm(g, rows[i] as Value, s.whole(b), addend, attributes);
      });
      return s.isLarge(y) ? made : [concat(g, made, 0, y.dims[0] as Dim)];
    }
    const pieces = s.pieces(b);
    const table = s.partsOf(b);
    // Columns of the result.
    if (transB) {
      const columns = c && c.dims.at(-1) === b.dims[0] ? s.along(c, c.dims.length - 1, pieces) : null;
      const made = pieces.map((_, i) => {
        const addend = columns ? (columns[i] as Value) : c ? s.whole(c) : null;
        return gemm(g, s.whole(a), table[i] as Value, addend, attributes);
      });
      return [concat(g, made, 1, y.dims[1] as Dim)];
    }
    // Parts of the sum.
    const factors = s.along(a, transA ? 0 : 1, pieces);
    let sum = c ? s.whole(c) : null;
    table.forEach((part, i) => {
      sum = gemm(g, factors[i] as Value, part, sum, i === 0 ? attributes : { ...attributes, beta: 1 });
    });
    return [sum as unknown as Value];
  },
};

function pieceDims({ dims }: Value, { from, to }: Piece): Dim[] {
  return [to - from, ...dims.slice(1)];
}

/** Indices counted from the piece's first row; those of other pieces are led to its first or last. */
function within(g: Graph, indices: Value, { from, to }: Piece): Value {
  const own = sub(g, indices, integer(g, from));
  const notBelow = where(g, greater(g, integer(g, from), indices), integer(g, 0), own);
  return where(g, greater(g, integer(g, to), indices), notBelow, integer(g, to - from - 1));
}

function integer(g: Graph, x: number): Value {
  return g.constant(Int32Array.of(x), []);
}
