/** `npm run test:parity -- --fixtures DIR`: replays reference fixtures and prints every greatest difference with its limit. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { check } from './check.js';
import { type Finding, isFailure } from './measurement.js';

const USAGE = `usage: npm run test:parity -- [--fixtures DIR]

Replays every fixture under DIR (default: test/parity/fixtures) and compares.
Exit code: 0 all within their limits, 1 something above, 2 wrong usage.`;

const WIDTH = 80;
/** Columns for the name of a quantity. */
const NAME = 51;

/** The copy that the project keeps; this file runs from out/test/parity/. */
export const keptFixtures = fileURLToPath(new URL('../../../test/parity/fixtures', import.meta.url));

/** The lines for one part: its name, then a row for each finding. */
export function linesOf(findings: readonly Finding[]): string[] {
  const rows = findings.flatMap((finding) => {
    const mark = isFailure(finding) ? '!' : ' ';
    if ('note' in finding) return wrapped(finding.note).map((line) => ` ${mark} ${line}`);
    const limit = finding.limit === null ? 'none' : exponent(finding.limit);
    const { length } = finding.quantity;
    const quantity = length > NAME ? `…${finding.quantity.slice(length - NAME + 1)}` : finding.quantity;
    return [` ${mark} ${quantity.padEnd(NAME)} ${exponent(finding.difference).padStart(10)} ${limit.padStart(10)}`];
  });
  return [findings[0]?.part ?? '', ...rows];
}

function exponent(x: number): string {
  return x === 0 ? '0' : Number.isFinite(x) ? x.toExponential(1) : String(x);
}

function wrapped(text: string): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`.trimStart();
    if (longer.length <= WIDTH - 3) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

async function main(args: readonly string[]): Promise<number> {
  const [flag, value, ...rest] = args.flatMap((each) =>
    each.startsWith('--fixtures=') ? each.split(/=(.*)/s, 2) : [each],
  );
  if (flag === '--help') {
    console.log(USAGE);
    return 0;
  }
  if ((flag !== undefined && (flag !== '--fixtures' || value === undefined)) || rest.length > 0) {
    console.error(USAGE);
    return 2;
  }
  const folder = value ?? keptFixtures;
  if (!existsSync(folder)) {
    console.error(`No such folder: ${folder}\n\n${USAGE}`);
    return 2;
  }
  console.log(`   ${'quantity'.padEnd(NAME)} ${'difference'.padStart(10)} ${'limit'.padStart(10)}`);
  const findings = await check(folder, (part) => {
    console.log(linesOf(part).join('\n'));
  });
  if (findings.length === 0) {
    console.error(`Nothing under ${folder} is a fixture.`);
    return 2;
  }
  const failures = findings.filter(isFailure).length;
  const measured = findings.filter((finding) => 'quantity' in finding).length;
  console.log(
    failures === 0
      ? `All ${measured} quantities are within their limits.`
      : `${failures} of ${findings.length} findings are failures, marked "!".`,
  );
  return failures === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
