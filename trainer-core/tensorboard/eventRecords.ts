/** What an event file is made of, as framed bytes to be written one after another. */
import { flatSettings } from '../protocol/flatSettings.js';
import type { Event, HParamsPluginData, SummaryValue } from './eventSchema.js';
import { encodeEvent, encodeHParams, type HParam, SESSION_START, STATUS_SUCCESS, STRING_TYPE } from './eventSchema.js';
import type { Scalars } from './runScalars.js';
import { tfRecord } from './tfRecord.js';

/** When something happened: milliseconds since 1970, and the optimiser step. */
export interface Moment {
  timeMs: number;
  globalStep: number;
}

/**
 * The beginning of a file of a run that begins, or goes on, after `globalStep`: what earlier files tell of later steps is taken
 * back. The settings are there twice, for the pages Text and HParams.
 */
export function openingRecords(config: object, moment: Moment): Uint8Array {
  const { timeMs, globalStep } = moment;
  const start = { sessionStartInfo: { hparams: hparamsOf(config), startTimeSecs: timeMs / 1000 } };
  return joined([
    record({ wallTime: timeMs / 1000, fileVersion: 'brain.Event:2' }),
    // TensorBoard drops what it has read for this step and later ones.
    record({ wallTime: timeMs / 1000, step: globalStep + 1, sessionLog: { status: SESSION_START } }),
    summary(moment, [textValue('config', settingsTable(config)), hparamsValue('session_start_info', start)]),
  ]);
}

/** One record with these scalars. */
export function scalarRecord(scalars: Scalars, moment: Moment): Uint8Array {
  return summary(
    moment,
    scalars.map(([tag, simpleValue]) => ({ tag, simpleValue })),
  );
}

/** The end of a run that came to its end. */
export function finishedRecord(moment: Moment): Uint8Array {
  const end = { sessionEndInfo: { status: STATUS_SUCCESS, endTimeSecs: moment.timeMs / 1000 } };
  return summary(moment, [hparamsValue('session_end_info', end)]);
}

function summary({ timeMs, globalStep }: Moment, value: SummaryValue[]): Uint8Array {
  return record({ wallTime: timeMs / 1000, step: globalStep, summary: { value } });
}

function record(event: Event): Uint8Array {
  return tfRecord(encodeEvent(event));
}

/** Markdown for the text plugin. */
function textValue(tag: string, markdown: string): SummaryValue {
  return {
    tag,
    metadata: { pluginData: { pluginName: 'text' } },
    tensor: { dtype: STRING_TYPE, tensorShape: { dim: [{ size: 1 }] }, stringVal: [markdown] },
  };
}

function hparamsValue(name: string, data: HParamsPluginData): SummaryValue {
  const content = encodeHParams(data);
  return { tag: `_hparams_/${name}`, metadata: { pluginData: { pluginName: 'hparams', content } } };
}

function hparamsOf(config: object): { key: string; value: HParam }[] {
  const given = flatSettings(config).filter(([, value]) => value !== null);
  return given.map(([key, value]) => ({ key, value: hparam(value) }));
}

function hparam(value: unknown): HParam {
  if (typeof value === 'number') return { numberValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return { stringValue: typeof value === 'string' ? value : JSON.stringify(value) };
}

function settingsTable(config: object): string {
  const rows = flatSettings(config).map(([key, value]) => `| ${key} | ${code(value)} |`);
  return ['| Setting | Value |', '| --- | --- |', ...rows].join('\n');
}

/** Code, so that nothing in it is taken for Markdown, in as many backticks as it takes. */
function code(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 ? ' ' : '';
  return `${fence}${space}${text.replaceAll('|', '\\|')}${space}${fence}`;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
