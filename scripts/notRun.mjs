/** A reporter of `node --test`: of tests skipped for want of something that Debian has, how many for each reason. Says nothing of others. */
export default async function* notRun(events) {
  const counts = new Map();
  for await (const { type, data } of events) {
    const reason = type === 'test:pass' && data.skip;
    if (typeof reason === 'string' && reason.includes('apt-get install')) {
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
  }
  for (const [reason, count] of counts) yield `${count} tests NOT RUN, because ${reason}\n`;
}
