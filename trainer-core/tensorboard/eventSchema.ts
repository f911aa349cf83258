/** The part of TensorBoard's protobuf schemas (event, summary, tensor and the hparams plugin's) that we write, as a protobufjs descriptor. */
import protobuf from 'protobufjs/light.js';

const field = (id: number, type: string, rule?: 'repeated') => (rule ? { id, type, rule } : { id, type });

const schema = protobuf.Root.fromJSON({
  nested: {
    Event: {
      fields: {
        wallTime: field(1, 'double'),
        step: field(2, 'int64'),
        fileVersion: field(3, 'string'),
        summary: field(5, 'Summary'),
        sessionLog: field(7, 'SessionLog'),
      },
    },
    SessionLog: { fields: { status: field(1, 'int32') } },
    Summary: { fields: { value: field(1, 'Value', 'repeated') } },
    Value: {
      fields: {
        tag: field(1, 'string'),
        simpleValue: field(2, 'float'),
        tensor: field(8, 'Tensor'),
        metadata: field(9, 'SummaryMetadata'),
      },
      // Within a oneof, a zero is written too.
      oneofs: { value: { oneof: ['simpleValue', 'tensor'] } },
    },
    SummaryMetadata: { fields: { pluginData: field(1, 'PluginData') } },
    PluginData: { fields: { pluginName: field(1, 'string'), content: field(2, 'bytes') } },
    Tensor: {
      fields: {
        dtype: field(1, 'int32'),
        tensorShape: field(2, 'TensorShape'),
        stringVal: field(8, 'string', 'repeated'),
      },
    },
    TensorShape: { fields: { dim: field(2, 'Dim', 'repeated') } },
    Dim: { fields: { size: field(1, 'int64') } },
    HParamsPluginData: {
      fields: { sessionStartInfo: field(3, 'SessionStartInfo'), sessionEndInfo: field(4, 'SessionEndInfo') },
    },
    SessionStartInfo: {
      fields: { hparams: field(1, 'HParamEntry', 'repeated'), startTimeSecs: field(5, 'double') },
    },
    /** An entry of a map, as maps are on the wire. */
    HParamEntry: { fields: { key: field(1, 'string'), value: field(2, 'HParam') } },
    SessionEndInfo: { fields: { status: field(1, 'int32'), endTimeSecs: field(2, 'double') } },
    /** `google.protobuf.Value`, as far as settings need it. */
    HParam: {
      fields: { numberValue: field(2, 'double'), stringValue: field(3, 'string'), boolValue: field(4, 'bool') },
      oneofs: { kind: { oneof: ['numberValue', 'stringValue', 'boolValue'] } },
    },
  },
});

/** One record of an event file. Of the last three it has one. */
export interface Event {
  /** Seconds since 1970. */
  wallTime: number;
  step?: number;
  fileVersion?: string;
  summary?: { value: SummaryValue[] };
  sessionLog?: { status: number };
}

/** A value of a tag: a scalar, or something for a plugin that `metadata` names. */
export interface SummaryValue {
  tag: string;
  simpleValue?: number;
  tensor?: { dtype: number; tensorShape: { dim: { size: number }[] }; stringVal: string[] };
  metadata?: { pluginData: { pluginName: string; content?: Uint8Array } };
}

/** What the hparams plugin is told of a run, at its beginning or at its end. */
export interface HParamsPluginData {
  sessionStartInfo?: { hparams: { key: string; value: HParam }[]; startTimeSecs: number };
  sessionEndInfo?: { status: number; endTimeSecs: number };
}

export type HParam = { numberValue: number } | { stringValue: string } | { boolValue: boolean };

/** `SessionLog.START`: what was written before for this event's step and later ones is void. */
export const SESSION_START = 1;
/** `DataType.DT_STRING`. */
export const STRING_TYPE = 7;
/** The hparams plugin's `STATUS_SUCCESS`. */
export const STATUS_SUCCESS = 1;

/** The bytes of an event, unframed. */
export function encodeEvent(event: Event): Uint8Array {
  return schema.lookupType('Event').encode(event).finish();
}

/** The bytes that the hparams plugin's `metadata` has as its content. */
export function encodeHParams(data: HParamsPluginData): Uint8Array {
  return schema.lookupType('HParamsPluginData').encode(data).finish();
}
