import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testTerminal } from '../../test/support/testTerminal.js';
import { distillConfig } from '../protocol/distillConfig.js';
import { TrainerError } from '../protocol/errors.js';
import { defineCommand } from './command.js';
import { COMMANDS, type CommandEntry } from './commands.js';
import { runProgram } from './program.js';
import { displayWidth } from './width.js';

const echo: CommandEntry = {
  name: 'echo',
  summary: 'Writes its settings.',
  load: async () =>
    defineCommand({
      usage: '--out DIR',
      options: {
        out: { type: 'string', required: true, meaning: 'A folder.' },
        fail: { type: 'string', meaning: 'A file to fail with.' },
      },
      config: distillConfig,
      async run({ stdout }, values, settings) {
        if (values.fail) throw new TrainerError('fileNotFound', { file: values.fail });
        stdout.write(JSON.stringify({ out: values.out, settings }));
        return values.out !== 'stopped';
      },
    }),
};

/** Two commands with a first word in common. */
const group: CommandEntry[] = ['corpus build', 'corpus show', 'list', 'list all'].map((name) => ({
  name,
  summary: `Does ${name}.`,
  load: async () =>
    defineCommand({
      usage: 'DIR',
      options: { folder: { type: 'string', positional: true, required: true, value: 'DIR', meaning: 'A folder.' } },
      async run({ stdout }, { folder }) {
        stdout.write(`${name} ${folder}`);
        return true;
      },
    }),
}));

async function run(...argv: string[]) {
  const terminal = testTerminal();
  const code = await runProgram(argv, terminal, '1.2.3', [echo, ...group]);
  return { code, out: terminal.stdout.text, err: terminal.stderr.text };
}

test('a command gets its values and settings; exit code 0, or 1 when it was stopped', async () => {
  const { code, out } = await run('echo', '--out', 'o', '--temperature', '3');
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(out), { out: 'o', settings: [{ path: ['temperature'], value: 3 }] });
  assert.equal((await run('echo', '--out', 'stopped')).code, 1);
});

test('wrong usage is exit code 2 with the nearest command or flag on standard error', async () => {
  assert.deepEqual(await run('ehco'), { code: 2, out: '', err: 'There is no command "ehco".\nDid you mean "echo"?\n' });
  const option = await run('echo', '--uot', 'x');
  assert.deepEqual([option.code, option.out], [2, '']);
  assert.match(option.err, /no option --uot\.\nDid you mean --out\?\n$/);
  assert.equal((await run()).code, 2);
});

test('a command may be the first word of another', async () => {
  assert.equal((await run('list', 'd')).out, 'list d');
  assert.equal((await run('list', 'all', 'd')).out, 'list all d');
  assert.match((await run('list', '--help')).out, /^Does list\./);
  assert.match((await run('list', 'all', '--help')).out, /^Does list all\./);
});

test('a command may have two words; what is wrong with either is named, and the first alone lists the others', async () => {
  assert.deepEqual(await run('corpus', 'show', 'd'), { code: 0, out: 'corpus show d', err: '' });
  const failure = async (...argv: string[]) => {
    const { code, err } = await run(...argv);
    assert.equal(code, 2);
    return err;
  };
  assert.match(await failure('corpus'), /^No command was given\.\nCommands: corpus build, corpus show\.\n$/);
  assert.match(await failure('corpus', 'biuld'), /no command "corpus biuld"\.\nDid you mean "corpus build"\?/);
  assert.match(await failure('corpsu', 'build'), /no command "corpsu"\.\nDid you mean "corpus"\?/);
  assert.match(await failure('corpus', 'echo'), /no command "corpus echo"\.\nCommands: corpus build, corpus show\.\n$/);
  assert.match(await failure('corpus', 'show'), /^DIR is missing\.\nRun "distilbert-studio corpus show --help"/);
  for (const help of ['--help', '-h', 'help']) {
    const { code, out } = await run('corpus', help);
    assert.equal(code, 0);
    assert.match(out, /corpus COMMAND[\s\S]*corpus build {2}Does corpus build\.\n {2}corpus show {3}Does/);
    assert.doesNotMatch(out, /echo/);
  }
  assert.match(
    (await run('corpus', 'show', '--help')).out,
    /corpus show DIR\n[\s\S]*\n {2}DIR {2,}A folder\. Required\./,
  );
});

test('a failure is exit code 1, and one JSON object with --json', async () => {
  const plain = await run('echo', '--out', 'o', '--fail', 'x.txt');
  assert.deepEqual([plain.code, plain.err], [1, 'There is no file x.txt.\nCheck the path.\n']);
  const json = await run('echo', '--out', 'o', '--fail', 'x.txt', '--json');
  assert.equal(json.code, 1);
  assert.deepEqual(JSON.parse(json.err).data, { file: 'x.txt' });
  assert.equal(JSON.parse(json.err).code, 'fileNotFound');
});

test('what a failure quotes cannot command the terminal', async () => {
  const { err } = await run('echo', '--out', 'o', '--fail', 'a\u001b[2J\u0007\u009b.txt');
  assert.equal(err, 'There is no file a\ufffd[2J\ufffd\ufffd.txt.\nCheck the path.\n');
});

test('--lang and the locale choose the language', async () => {
  assert.match((await run('echo', '--lang', 'ja')).err, /--out が指定されていません。/);
  assert.match((await run('echo', '--lang=ja')).err, /指定されていません/);
  assert.match((await run('echo', '--lang', 'fr')).err, /^--lang: "lang" should be "en" or "ja", but is "fr"\./);
  const terminal = { ...testTerminal(), env: { LANG: 'ja_JP.UTF-8' } };
  await runProgram(['nothing'], terminal, '1', [echo]);
  assert.match(terminal.stderr.text, /コマンドはありません/);
});

test('messages and help keep to 80 columns, in every command', async () => {
  const texts = [(await run('--help')).out, (await run('echo', '--uot', '--lang', 'ja')).err];
  for (const entry of [echo, ...COMMANDS]) {
    const terminal = testTerminal();
    assert.equal(await runProgram([...entry.name.split(' '), '--help'], terminal, '1', [entry]), 0);
    texts.push(terminal.stdout.text);
  }
  for (const line of texts.join('').split('\n')) assert.ok(displayWidth(line) <= 80, line);
  assert.match(texts.join(''), /--learning-rate N +The highest learning rate\. \[0\.0005\]/);
});

test('every command refuses a device that there is no name for alike, as wrong usage', async () => {
  const told = new Set<string>();
  for (const [name, ...needed] of [
    ['classify', '--model', 'm'],
    ['explain', '--model', 'm', '--text', 't'],
    ['evaluate', '--model', 'm', '--data', 'd'],
    ['demo'],
    ['estimate', '--objective', 'pretrain', '--config', 'c.json'],
    ['finetune', '--out', 'o', '--model', 'm', '--train', 't'],
  ] as const) {
    const terminal = testTerminal();
    assert.equal(await runProgram([name, ...needed, '--device', 'gpu'], terminal, '1'), 2, name);
    told.add(terminal.stderr.text);
  }
  assert.match([...told].join(), /^--device: "device" should be "auto" or .*"tensorflow",\s*but is "gpu"\./s);
  assert.equal(told.size, 1);
});

test('devices cannot be timed anew and not be measured', async () => {
  const terminal = testTerminal();
  assert.equal(await runProgram(['devices', '--refresh', '--no-measure'], terminal, '1'), 2);
  assert.match(terminal.stderr.text, /^--refresh and --no-measure cannot be given together\./);
});

test('--version gives the version', async () => {
  assert.deepEqual(await run('--version'), { code: 0, out: '1.2.3\n', err: '' });
});
