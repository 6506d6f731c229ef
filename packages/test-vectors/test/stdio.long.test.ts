import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { oracle } from '../oracle/scheme/implementation.js';
import {
  type ConformanceReport,
  runConformance,
  serveImplementation,
  stdioImplementation,
  type StdioOptions,
} from '../src/index.js';

const packageFolder = fileURLToPath(new URL('..', import.meta.url));
const tsup = fileURLToPath(
  new URL('dist/cli-default.js', import.meta.resolve('tsup/package.json')),
);
const runner = fileURLToPath(new URL('../dist/run.js', import.meta.url));

function server(name: string): string {
  return fileURLToPath(new URL(`../node_modules/.generate/serve-${name}.js`, import.meta.url));
}

beforeAll(() => {
  const config = 'tsup.generate.config.ts';
  execFileSync(process.execPath, [tsup, '--config', config], { cwd: packageFolder });
});

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
  test('that is right conforms', async () => {
    const implementation = await stdioImplementation(process.execPath, [server('oracle')]);
    const report = await runConformance(implementation, { maxDepth: 2 });
    await implementation.close();
    expect(report.failures).toEqual([]);
    expect(report.conforms).toBe(true);
    expect(report.coverage.optionalNotOffered).toEqual([]);
    expect(report.statement).toMatch(/^depths above 2 were left out\n/);
    // Without a process the cases are the same.
    const here = await runConformance(oracle, { maxDepth: 2 });
    expect(report.passed).toBe(here.passed);
    expect(report.statement).toBe(here.statement);
  });

  test('that is wrong fails, with one code for each mistake', async () => {
    const implementation = await stdioImplementation(process.execPath, [server('wrong')]);
    const report = await runConformance(implementation, { maxDepth: 2 });
    await implementation.close();
    expect(report.conforms).toBe(false);
    const found = new Set(report.failures.map(({ group, error }) => `${group}: ${error.code}`));
    expect([...found].sort()).toEqual([
      'kes cbor negative: ERR_EVOLOCK_MALFORMED_ACCEPTED',
      'kes key negative: ERR_EVOLOCK_LEVEL_MISMATCH',
      'kes negative: ERR_EVOLOCK_INVALID_ACCEPTED',
      'kes verification: ERR_EVOLOCK_INVALID_ACCEPTED',
      'seed expansion: ERR_EVOLOCK_EXPANSION_MISMATCH',
    ]);
  });

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
    const options = code === 'ERR_EVOLOCK_STDIO_TIMEOUT' ? { timeout: 1_000 } : undefined;
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

  test('that has ended passes no case, nor one that expects an error', async () => {
    const implementation = await stdioImplementation(process.execPath, [server('oracle')]);
    await implementation.close();
    const { passed, failures } = await runConformance(implementation, { maxDepth: 1 });
    const passing = failures.filter(
      ({ error }) => error.code !== 'ERR_EVOLOCK_IMPLEMENTATION_THREW',
    );
    // The sizes are part of `hello`; all else needs a request.
    expect(passed).toBe(6);
    expect(passing).toEqual([]);
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

/** The responses of a server of the oracle. */
async function exchange(requests: readonly object[]) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  input.end(requests.map((request) => `${JSON.stringify(request)}\n`).join(''));
  await serveImplementation(oracle, { name: 'oracle', input, output });
  const lines = String(output.read()).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the protocol', () => {
  const about = { algorithm: 'sum', depth: 1 };
  const seedHex = '07'.repeat(32);
  const signing = { ...about, verificationKeyHex: '00'.repeat(32), signatureHex: '00'.repeat(128) };
  const requests = [
    { op: 'hello', protocol: 1 },
    { op: 'seed.expand', seedHex },
    { op: 'dsign.deriveVerificationKey', seedHex },
    { op: 'dsign.sign', seedHex, messageHex: '' },
    {
      op: 'dsign.verify',
      verificationKeyHex: '',
      messageHex: '',
      signatureHex: '',
    },
    { op: 'extended.deriveVerificationKey', extendedKeyHex: '40'.repeat(64) },
    { op: 'extended.sign', extendedKeyHex: '40'.repeat(64), messageHex: 'ab' },
    { op: 'vrf.deriveVerificationKey', algorithm: 'PraosVRF', seedHex },
    { op: 'vrf.prove', algorithm: 'PraosVRF', seedHex, alphaHex: '' },
    {
      op: 'vrf.verify',
      algorithm: 'PraosBatchCompatVRF',
      verificationKeyHex: '00'.repeat(32),
      alphaHex: '',
      proofHex: '00'.repeat(128),
    },
    { op: 'vrf.outputOf', algorithm: 'PraosVRF', proofHex: '00' },
    { op: 'kes.generate', ...about, seedHex },
    { op: 'kes.generate', ...about, seedHex, form: 'rust' },
    { op: 'kes.deriveVerificationKey', key: 1 },
    { op: 'kes.sign', key: 1, messageHex: 'ab' },
    { op: 'kes.update', key: 1 },
    { op: 'kes.serialise', key: 2 },
    { op: 'kes.blockSizes', key: 1 },
    { op: 'kes.release', key: 1 },
    { op: 'kes.sign', key: 1, messageHex: 'ab' },
    { op: 'kes.read', ...about, serialisedHex: '00'.repeat(128), period: 1 },
    { op: 'kes.verify', ...signing, period: -1, messageHex: '' },
    { op: 'cbor.encodeVerificationKey', ...about, verificationKeyHex: '00'.repeat(32) },
    { op: 'cbor.decodeVerificationKey', ...about, encodedHex: `5820${'00'.repeat(32)}` },
    { op: 'cbor.encodeSignature', ...about, signatureHex: '00'.repeat(128) },
    { op: 'cbor.decodeSignature', ...about, encodedHex: `5880${'00'.repeat(128)}` },
  ].map((request, index) => ({ id: index + 1, ...request }));

  test('is as its schema says, and every operation is in it', async () => {
    const path = new URL('../schema/stdio-protocol.schema.json', import.meta.url);
    const schema = JSON.parse(readFileSync(path, 'utf8')) as { oneOf: unknown[] };
    const validate = new Ajv2020({ allErrors: true, strictRequired: false }).compile(schema);
    const responses = await exchange(requests);
    requests.forEach((request, index) => {
      const pair = { request, response: responses[index] };
      expect(validate(pair), JSON.stringify([pair, validate.errors])).toBe(true);
    });
    expect(new Set(requests.map(({ op }) => op)).size).toBe(schema.oneOf.length);
  });

  test('refuses a wrong request and answers the next', async () => {
    const responses = await exchange(requests);
    const refused = responses.filter(({ ok }) => ok === false);
    expect(refused).toEqual([
      { id: 20, ok: false, error: 'key 1 is not offered' },
      { id: 21, ok: false, error: expect.any(String) as unknown, level: 1 },
    ]);
    const [unknown] = await exchange([{ id: 1, op: 'toString' }]);
    expect(unknown).toEqual({ id: 1, ok: false, error: 'toString is not offered' });
  });
});

describe('the command line', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [runner, ...args], { encoding: 'utf8' });

  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'evolock-report-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** The report on a server at depth 0, which is as its schema says. */
  function reported(name: string) {
    const file = join(folder, `${name}.json`);
    const command = [process.execPath, server(name)];
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
    const { status, stdout, report } = reported('oracle');
    expect(stdout).toMatch(/^oracle of @evolock\/test-vectors\n/);
    expect(stdout).toMatch(/\nall \d+ cases passed\n$/);
    expect(report).toMatchObject({ conforms: true, causes: [], failures: [] });
    expect(status).toBe(0);
  });

  test('prints and writes each cause of failures and ends with 1', () => {
    const { status, stdout, report } = reported('wrong');
    expect(stdout).toContain('failed: the left seed differs at byte 0 (');
    expect(stdout).toContain('\n  6 cases: seed expansion (all 6)\n');
    expect(stdout).toMatch(/\n\d+ of \d+ cases failed, by \d causes\n$/);
    expect(stdout.split('\n').length).toBeLessThan(70);
    expect(report.conforms).toBe(false);
    expect(report.failures.length).toBeGreaterThan(100);
    expect(report.causes[0]).toMatchObject({ failed: 6, algorithms: [] });
    expect(status).toBe(1);
  });

  test('ends with 1 when the report cannot be written', () => {
    const file = join(folder, 'no-such-folder', 'report.json');
    const command = [process.execPath, server('oracle')];
    const { status, stderr } = run('--max-depth', '0', '--json', file, '--', ...command);
    expect(stderr).toContain('ENOENT');
    expect(status).toBe(1);
  });

  test('ends with 1 when the command cannot be started', () => {
    const { status, stderr } = run('--', 'evolock-no-such-command');
    expect(stderr).toContain('could not be started');
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
