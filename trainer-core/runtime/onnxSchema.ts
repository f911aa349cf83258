/** The part of ONNX's protobuf schema (onnx.proto3, IR version 9) that the encoder writes, as a protobufjs descriptor. */
import protobuf from 'protobufjs/light.js';

const field = (id: number, type: string, rule?: 'repeated') => (rule ? { id, type, rule } : { id, type });

const schema = protobuf.Root.fromJSON({
  nested: {
    StringStringEntryProto: { fields: { key: field(1, 'string'), value: field(2, 'string') } },
    OperatorSetIdProto: { fields: { domain: field(1, 'string'), version: field(2, 'int64') } },
    TensorProto: {
      fields: {
        dims: field(1, 'int64', 'repeated'),
        dataType: field(2, 'int32'),
        name: field(8, 'string'),
        rawData: field(9, 'bytes'),
        externalData: field(13, 'StringStringEntryProto', 'repeated'),
        dataLocation: field(14, 'int32'),
      },
    },
    Dimension: { fields: { dimValue: field(1, 'int64'), dimParam: field(2, 'string') } },
    TensorShapeProto: { fields: { dim: field(1, 'Dimension', 'repeated') } },
    TensorTypeProto: { fields: { elemType: field(1, 'int32'), shape: field(2, 'TensorShapeProto') } },
    TypeProto: { fields: { tensorType: field(1, 'TensorTypeProto') } },
    ValueInfoProto: { fields: { name: field(1, 'string'), type: field(2, 'TypeProto') } },
    AttributeProto: {
      fields: {
        name: field(1, 'string'),
        f: field(2, 'float'),
        i: field(3, 'int64'),
        s: field(4, 'bytes'),
        t: field(5, 'TensorProto'),
        g: field(6, 'GraphProto'),
        ints: field(8, 'int64', 'repeated'),
        type: field(20, 'int32'),
      },
    },
    NodeProto: {
      fields: {
        input: field(1, 'string', 'repeated'),
        output: field(2, 'string', 'repeated'),
        name: field(3, 'string'),
        opType: field(4, 'string'),
        attribute: field(5, 'AttributeProto', 'repeated'),
        domain: field(7, 'string'),
      },
    },
    GraphProto: {
      fields: {
        node: field(1, 'NodeProto', 'repeated'),
        name: field(2, 'string'),
        initializer: field(5, 'TensorProto', 'repeated'),
        input: field(11, 'ValueInfoProto', 'repeated'),
        output: field(12, 'ValueInfoProto', 'repeated'),
      },
    },
    ModelProto: {
      fields: {
        irVersion: field(1, 'int64'),
        producerName: field(2, 'string'),
        graph: field(7, 'GraphProto'),
        opsetImport: field(8, 'OperatorSetIdProto', 'repeated'),
      },
    },
  },
});

export interface TensorProto {
  dims: number[];
  dataType: number;
  name?: string;
  rawData?: Uint8Array;
  externalData?: { key: string; value: string }[];
  dataLocation?: number;
}

export interface AttributeProto {
  name: string;
  type: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  t?: TensorProto;
  g?: GraphProto;
  ints?: readonly number[];
}

export interface NodeProto {
  input: string[];
  output: string[];
  opType: string;
  attribute: AttributeProto[];
  domain?: string;
}

export interface ValueInfoProto {
  name: string;
  type: { tensorType: { elemType: number; shape: { dim: ({ dimValue: number } | { dimParam: string })[] } } };
}

export interface GraphProto {
  name: string;
  node: NodeProto[];
  initializer: TensorProto[];
  input: ValueInfoProto[];
  output: ValueInfoProto[];
}

/** `TensorProto.DataType` of each element type; the last four are only written by lowerings and loops, no graph of ours has them. */
export const dataType = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
  uint8: 2,
  int8: 3,
  float16: 10,
  float64: 11,
} as const;

/** Builders for attributes, whose `type` field must agree with the field that is set. */
export const attribute = {
  float: (name: string, f: number): AttributeProto => ({ name, type: 1, f }),
  int: (name: string, i: number): AttributeProto => ({ name, type: 2, i }),
  string: (name: string, s: string): AttributeProto => ({ name, type: 3, s: new TextEncoder().encode(s) }),
  tensor: (name: string, t: TensorProto): AttributeProto => ({ name, type: 4, t }),
  graph: (name: string, g: GraphProto): AttributeProto => ({ name, type: 5, g }),
  ints: (name: string, ints: readonly number[]): AttributeProto => ({ name, type: 7, ints }),
};

/** Encodes a model of opset 20. */
export function encodeModel(graph: GraphProto): Uint8Array {
  return Buffer.concat([...modelChunks(graph).chunks]);
}

/** A model of opset 20 piece by piece, with the bytes of its tensors as they lie in memory, and how long it is. */
export interface ModelChunks {
  byteLength: number;
  chunks: Iterable<Uint8Array>;
}

/** Encodes a model for a file: the tensors, which come last, are not copied. */
export function modelChunks({ initializer, ...rest }: GraphProto): ModelChunks {
  const head = encode('ModelProto', { irVersion: 9, producerName: 'distilbert-studio', opsetImport: OPSETS });
  const tensors = initializer.map(({ rawData = new Uint8Array(0), ...facts }) => {
    const start = encode('TensorProto', facts);
    const rawHead = rawData.length > 0 ? delimiter(RAW_DATA, rawData.length) : new Uint8Array(0);
    const length = start.length + rawHead.length + rawData.length;
    return [delimiter(INITIALIZER, length), start, rawHead, rawData];
  });
  const body = [encode('GraphProto', { ...rest, initializer: [] }), ...tensors.flat()];
  const chunks = [head, delimiter(GRAPH, totalLength(body)), ...body];
  return { byteLength: totalLength(chunks), chunks };
}

const OPSETS = [
  { domain: '', version: 20 },
  { domain: 'com.microsoft', version: 1 },
];

/** Numbers of the fields that hold what is too large to be encoded in one go. */
const [GRAPH, INITIALIZER, RAW_DATA] = [7, 5, 9];

function encode(type: string, message: object): Uint8Array {
  return schema.lookupType(type).encode(message).finish();
}

/** What stands before a field of bytes or a message: its number with wire type 2, and its length. */
function delimiter(field: number, length: number): Uint8Array {
  return protobuf.Writer.create()
    .uint32((field << 3) | 2)
    .uint32(length)
    .finish();
}

function totalLength(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0);
}
