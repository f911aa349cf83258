/** Names of event files, by which TensorBoard knows them and puts them into order. */

const NAME = /^events\.out\.tfevents\.(\d{10,})\./;

/**
 * The name of a new event file in a folder that holds `names`: `events.out.tfevents.SECONDS.HOST.PID.0`, with `timeMs` in
 * milliseconds since 1970. TensorBoard reads the files of a run in the order of their names and goes back to none, so the name
 * comes after all that are there, even when the clock was put back.
 */
export function nextEventFileName(names: readonly string[], timeMs: number, host: string, pid: number): string {
  const last = names.reduce((latest, name) => Math.max(latest, Number(NAME.exec(name)?.[1] ?? 0)), 0);
  const seconds = Math.max(Math.floor(timeMs / 1000), last + 1);
  return `events.out.tfevents.${String(seconds).padStart(10, '0')}.${host.replace(/[^\w.-]/g, '_')}.${pid}.0`;
}
