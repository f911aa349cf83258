/** Prints test results; both runners use it. */

/** Prints one line a test, and under a failed one its error; gives the number of those that failed. */
export function report(results) {
  for (const { name, error, durationMs } of results) {
    console.log(`${error === null ? '✔' : '✖'} ${name} (${seconds(durationMs)} s)`);
    if (error !== null) console.log(error.replace(/^/gm, '    '));
  }
  return results.filter(({ error }) => error !== null).length;
}

/** Milliseconds as seconds with one decimal. */
export function seconds(ms) {
  return (ms / 1000).toFixed(1);
}
