import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ConformanceReport,
  seedExpansionVectors,
  stdioImplementation,
  type StdioOptions,
} from '../src/index.js';

/** A process that answers each line with the value of an expression of `request`. */
function scripted(expression: string, options?: StdioOptions) {
  const script = `
    require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const request = JSON.parse(line);
      const hello = { id: request.id, ok: true, protocol: 1, name: 'scripted', seed: true, dsign: false, kes: [] };
      const answer = request.op === 'hello' ? hello : ${expression};
      if (answer !== undefined) console.log(JSON.stringify(answer));
    });`;
  return stdioImplementation(process.execPath, ['--eval', script], options);
}

describe('a process', () => {
  test.each([
    ['ends', 'process.exit(7)', 'ERR_EVOLOCK_STDIO_ENDED'],
    ['answers nothing', 'undefined', 'ERR_EVOLOCK_STDIO_TIMEOUT'],
    ['answers another request', '({ id: 0, ok: true })', 'ERR_EVOLOCK_STDIO_PROTOCOL'],
    ['answers no object', '"yes"', 'ERR_EVOLOCK_STDIO_PROTOCOL'],
    ['leaves a field out', '({ id: request.id, ok: true })', 'ERR_EVOLOCK_STDIO_PROTOCOL'],
    [
      'writes no hexadecimal text',
      '({ id: request.id, ok: true, leftHex: "FF", rightHex: "" })',
      'ERR_EVOLOCK_STDIO_PROTOCOL',
    ],
    ['refuses', '({ id: request.id, ok: false, error: "no" })', 'ERR_EVOLOCK_STDIO_REFUSED'],
  ])('that %s is an error with a code', async (_what, expression, code) => {
    // On a busy machine the short limit may end the start already, with the same error.
    const options = code === 'ERR_EVOLOCK_STDIO_TIMEOUT' ? { timeout: 1 } : undefined;
    const expand = async () => {
      const implementation = await scripted(expression, options);
      try {
        await implementation.seed?.expand(new Uint8Array(32));
      } finally {
        await implementation.close();
      }
    };
    await expect(expand()).rejects.toMatchObject({ name: 'StdioError', code });
  });

  test.each([
    ['of another version', '{ ...hello, protocol: 2 }', 'ERR_EVOLOCK_STDIO_PROTOCOL'],
    ['without a list', '{ ...hello, kes: null }', 'ERR_EVOLOCK_STDIO_PROTOCOL'],
    ['with a VRF that is no list', '{ ...hello, vrf: true }', 'ERR_EVOLOCK_STDIO_PROTOCOL'],
  ])('with a hello %s is refused', async (_what, hello, code) => {
    const script = `
      process.stdin.once('data', (line) => {
        const hello = { id: JSON.parse(line).id, ok: true, protocol: 1, name: 'x', seed: false, dsign: false, kes: [] };
        console.log(JSON.stringify(${hello}));
      });`;
    const start = stdioImplementation(process.execPath, ['--eval', script]);
    await expect(start).rejects.toMatchObject({ code });
  });

  test('that cannot be started is an error with a cause', async () => {
    await expect(stdioImplementation('evolock-no-such-command', [])).rejects.toMatchObject({
      code: 'ERR_EVOLOCK_STDIO_NOT_STARTED',
      cause: { code: 'ENOENT' },
    });
  });
});

describe('the command line', () => {
  const runner = fileURLToPath(new URL('../dist/run.js', import.meta.url));
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [runner, ...args], { encoding: 'utf8' });

  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'evolock-report-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

  /** A process that expands each seed to these halves, which are expressions. */
  const expanding = (left: string, right: string) => [
    process.execPath,
    '--eval',
    `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const { id, op, seedHex } = JSON.parse(line);
      const hello = { protocol: 1, name: 'expanding', seed: true, dsign: false, kes: [] };
      const answer = op === 'hello' ? hello : { leftHex: ${left}, rightHex: ${right} };
      console.log(JSON.stringify({ id, ok: true, ...answer }));
    });`,
  ];

  /** The report on a process, which is as its schema says. */
  function reported(command: string[]) {
    const file = join(folder, 'report.json');
    const { status, stdout } = run('--max-depth', '0', '--json', file, '--', ...command);
    const path = new URL('../schema/conformance-report.schema.json', import.meta.url);
    const schema = JSON.parse(readFileSync(path, 'utf8')) as object;
    const validate = new Ajv2020({ allErrors: true }).compile(schema);
    const report = JSON.parse(readFileSync(file, 'utf8')) as ConformanceReport;
    expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
    expect(report).toMatchObject({ command, maxDepth: 0, verifiesOnly: false });
    return { status, stdout, report };
  }

  test('prints and writes the coverage and ends with 0 when everything passed', () => {
    const halves = new Map(
      seedExpansionVectors().map(({ seed, left, right }) => [hex(seed), [hex(left), hex(right)]]),
    );
    const known = JSON.stringify(Object.fromEntries(halves));
    const { status, stdout, report } = reported(
      expanding(`${known}[seedHex][0]`, `${known}[seedHex][1]`),
    );
    expect(stdout).toMatch(/\nall 6 cases passed\n$/);
    expect(report).toMatchObject({ conforms: true, causes: [], failures: [] });
    expect(status).toBe(0);
  });

  test('prints and writes each cause of failures and ends with 1', () => {
    const { status, stdout, report } = reported(expanding('seedHex', 'seedHex'));
    expect(stdout).toMatch(/^expanding\n/);
    expect(stdout).toContain('failed: the left seed differs at byte 0 (');
    expect(stdout).toContain('\n  6 cases: seed expansion (all 6)\n');
    expect(stdout).toMatch(/\n6 of 6 cases failed, by 1 cause\n$/);
    expect(report.conforms).toBe(false);
    expect(report.failures).toHaveLength(6);
    expect(report.causes[0]).toMatchObject({ failed: 6, algorithms: [] });
    expect(status).toBe(1);
  });

  test('ends with 1 when the report cannot be written', () => {
    const file = join(folder, 'no-such-folder', 'report.json');
    const command = expanding('seedHex', 'seedHex');
    const { status, stderr } = run('--json', file, '--', ...command);
    expect(stderr).toContain('ENOENT');
    expect(status).toBe(1);
  });

  test.each([[[]], [['--depth', '3']], [['--max-depth', 'x', '--', 'true']]])(
    'prints the usage for the arguments %j',
    (args) => {
      const { status, stderr } = run(...args);
      expect(stderr).toContain('usage: evolock-conformance');
      expect(status).toBe(2);
    },
  );
});
