// The packages in Bun and Deno: what runs there, and that the rest fails with a sentence.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MaskedNeedle, scanProcess, waitUntilStopped } from '@evolock/memory-scan';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { fencedExamples, writeExamples } from '../../src/examples.js';
import { readWorkspaces } from '../../src/manifests.js';
import { installTools } from '../../src/release/locked-tools.mjs';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
/** Away from the repository, whose tsconfig.json Bun would read. */
const base = mkdtempSync(join(tmpdir(), 'evolock-runtimes-'));
symlinkSync(join(root, 'node_modules'), join(base, 'node_modules'), 'junction');
afterAll(() => {
  rmSync(base, { recursive: true });
});

/** Prints what locked memory does with a view that leaves its callback, and after its release, also at the exit. */
const lending = `
import { lockStatus, mappingAllocator, MLockedBytes } from '@evolock/mlocked-bytes';

const codeOf = (call) => {
  try {
    return call();
  } catch (error) {
    return error.code;
  }
};
const bytes = MLockedBytes.fromBytes(Uint8Array.of(7, 7, 7), { allocator: mappingAllocator });
const last = MLockedBytes.newZeroed(3);
const { unlockedRegions, policy } = lockStatus();
const facts = [unlockedRegions, policy, String(bytes)];
facts.push(codeOf(() => bytes.withBytes(async () => 1)), codeOf(() => bytes.withBytes((view) => view)));
let kept;
bytes.withBytes((view) => void (kept = view));
bytes.release();
facts.push(kept.length, codeOf(() => bytes.withBytes(() => 1)));
process.on('exit', () => {
  console.log(JSON.stringify([...facts, codeOf(() => last.withBytes((view) => view[0]))]));
});
`;

/** Signs with a key of the given seed, which it gets masked, and stops itself. */
const signer = `
import { MLockedSeed, sum6Kes } from '@evolock/kes-sum';
import { MaskedNeedle } from '@evolock/memory-scan';

const seed = MLockedSeed.newZeroed(32);
seed.withBytes((view) => MaskedNeedle.parse(process.env.NEEDLE).unmaskInto(view));
const key = sum6Kes.generateKey(seed);
for (let period = 0; period < 40; period += 1) {
  key.sign(Uint8Array.of(1, 2, 3));
  key.update();
}
if (process.env.RELEASE === 'yes') seed.release();
process.kill(process.pid, 'SIGSTOP');
`;

/** Prints whether a signature is valid. */
const signing = `
import { MLockedSeed, sumKesOfDepth } from '@evolock/kes-sum';

const sum2Kes = sumKesOfDepth(2);

const seed = MLockedSeed.newRandom(32);
const key = sum2Kes.generateKey(seed);
seed.release();
const message = Uint8Array.of(1, 2, 3);
console.log(sum2Kes.verify(key.deriveVerificationKey(), 0, message, key.sign(message)));
key.release();
`;

/** Prints the period of a key that its file had when it was opened again. */
const evolving = `
import { KeyFile } from '@evolock/direct-serialise-io';
import { MLockedSeed, sumKesOfDepth } from '@evolock/kes-sum';

const sum2Kes = sumKesOfDepth(2);

function create() {
  const seed = MLockedSeed.newRandom(32);
  const key = sum2Kes.generateKey(seed);
  seed.release();
  return { key };
}
const file = await KeyFile.open('evolving/evolving.key', sum2Kes, { create });
file.key.update();
await file.close();
const again = await KeyFile.open('evolving/evolving.key', sum2Kes);
console.log(again.key.period);
await again.close();
`;

const isArm = process.arch === 'arm64';

const runtimes = [
  {
    name: 'Bun',
    program: `@oven/bun-${process.platform}-${isArm ? 'aarch64' : 'x64'}/bin/bun`,
    // It follows the links to the packages, and would load their sources by the paths of the root's tsconfig.json.
    args: [`--tsconfig-override=${join(root, 'tsconfig.base.json')}`],
    excluded: [],
  },
  {
    name: 'Deno',
    program: `@deno/${process.platform}-${isArm ? 'arm64' : 'x64'}-glibc/deno`,
    // Programs find packages in node_modules, as in Node.js.
    args: ['run', '--quiet', '--allow-all', '--no-lock', '--node-modules-dir=manual'],
    // Examples that it cannot run, by what they contain, and why.
    excluded: [
      { has: "process.execPath, ['-e'", why: 'it has no option -e' },
      { has: 'createPrivateKey', why: 'its node:crypto throws for a key that is no point' },
    ],
  },
];

/** The program of a runtime among the locked tools, or why there is none. */
function install({ name, program }: (typeof runtimes)[number]) {
  const command = join(installTools(root), program);
  if (existsSync(command)) {
    const { stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' });
    return { command, version: /\d+\.\d+\.\d+/.exec(stdout)?.[0] };
  }
  return { reason: `the locked tools have no ${name} for ${process.platform} on ${process.arch}` };
}

/** Locked memory and sockets: Node.js only. */
const usesSockets = /LockedConnection|ToSocket|ToChild|receiveKeys|Agent\.start/;

const readmes = readWorkspaces(root)
  .filter(({ manifest }) => manifest.private !== true)
  .map(({ folder }) => `${folder}/README.md`);

describe.each(runtimes)('$name', (runtime) => {
  const { args, excluded } = runtime;
  const { command, version = '', reason } = install(runtime);
  if (command === undefined) {
    test.skipIf(true)(reason, () => undefined);
    return;
  }
  const folder = join(base, runtime.name);
  mkdirSync(folder);
  const env = { ...process.env, DENO_DIR: join(base, 'deno'), DENO_NO_UPDATE_CHECK: '1' };

  const run = (...program: readonly string[]) =>
    spawnSync(command, [...args, ...program], { cwd: folder, env, encoding: 'utf8' });

  const written = (name: string, code: string) => {
    const file = join(folder, name);
    writeFileSync(file, code);
    return file;
  };

  test.each([
    ['internal/conformance/dist/serve-kes-verify.js', ['verification only']],
    ['internal/conformance/dist/serve.js', ['vrf proving: 38', 'kes read back: 10']],
  ])('%s conforms, tested by the runner in the same runtime', (place, lines) => {
    const server = join(root, place);
    const runner = join(base, 'node_modules/@evolock/test-vectors/dist/run.js');
    const tested = [command, ...args, server];
    const { status, stdout, stderr } = run(runner, '--max-depth', '3', '--', ...tested);
    expect(stderr).toBe('');
    for (const line of lines) expect(stdout).toContain(line);
    expect(stdout).toMatch(/\nall \d+ cases passed\n$/);
    expect(status).toBe(0);
  });

  test.each(readmes)('%s: every example runs, or fails with a sentence', (file) => {
    const examples = fencedExamples(readFileSync(join(root, file), 'utf8'), file)
      .filter(({ noRun }) => noRun === undefined)
      .filter(({ line, code }) => {
        const exclusion = excluded.find(({ has }) => code.includes(has));
        if (exclusion !== undefined)
          console.log(`left out: line ${String(line)} of ${file}: ${exclusion.why}`);
        return exclusion === undefined;
      });
    const words = `(?:in |\\()${runtime.name} ${version}`;
    const refusal = new RegExp(`${words}.*Node\\.js|Node\\.js.*${words}`);
    for (const { example, program } of writeExamples(examples, join(folder, 'examples'))) {
      const { status, stderr } = run(program);
      const isRefused = usesSockets.test(example.code);
      expect([example.line, status]).toEqual([example.line, isRefused ? 1 : 0]);
      expect(stderr).toMatch(isRefused ? refusal : /^$/);
    }
  });

  test.runIf(runtime.name === 'Bun')(
    'an executable says what to install beside it, and signs then',
    () => {
      const program = written(
        'compiled.mjs',
        "import { MLockedSeed } from '@evolock/kes-sum'; console.log(String(MLockedSeed.newRandom(32)));",
      );
      // Nothing is installed in the folders above.
      const away = join(mkdtempSync(join(tmpdir(), 'evolock-executable-')), 'program');
      onTestFinished(() => rmSync(dirname(away), { recursive: true }));
      expect(run('build', '--compile', program, '--outfile', away).status).toBe(0);
      const start = () => spawnSync(away, { encoding: 'utf8' });
      const { status, stderr } = start();
      expect(status).toBe(1);
      expect(stderr).toMatch(/Cannot find module 'sodium-native'.*`npm install .*`.*executable/);
      mkdirSync(join(dirname(away), 'node_modules'));
      const installed = join(root, 'node_modules', 'sodium-native');
      symlinkSync(installed, join(dirname(away), 'node_modules', 'sodium-native'), 'junction');
      expect(start()).toMatchObject({ status: 0, stdout: '[MLockedSeed: 32 bytes locked]\n' });
    },
  );

  test.runIf(runtime.name === 'Deno')(
    'with the permissions of "Where it runs" a key signs, and one evolves in its file',
    () => {
      const reads = [base, root, '/etc/alpine-release'].join(',');
      const state = join(folder, 'evolving');
      mkdirSync(state);
      const start = (program: string, ...allowed: string[]) => {
        const given = args.filter((each) => each !== '--allow-all');
        const line = [...given, '--no-prompt', '--allow-ffi', `--allow-read=${reads}`, ...allowed];
        return spawnSync(command, [...line, program], { cwd: folder, env, encoding: 'utf8' });
      };
      const valid = { status: 0, stdout: 'true\n', stderr: '' };
      expect(start(written('signing.mjs', signing))).toMatchObject(valid);
      const program = written('evolving.mjs', evolving);
      const evolved = { status: 0, stdout: '1\n', stderr: '' };
      expect(start(program, `--allow-write=${state}`, '--allow-sys=hostname')).toMatchObject(
        evolved,
      );
    },
  );

  test('memory is lent and released as in Node.js', () => {
    const { stdout, stderr } = run(written('lending.mjs', lending));
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual([
      ...[0, 'require', '[MLockedBytes: 3 bytes locked]'],
      ...['ERR_EVOLOCK_VIEW_ESCAPE', 'ERR_EVOLOCK_VIEW_ESCAPE'],
      ...[0, 'ERR_EVOLOCK_RELEASED', 'ERR_EVOLOCK_RELEASED'],
    ]);
  });

  test.runIf(process.platform === 'linux').each([
    ['alive', 'no', 1],
    ['released', 'yes', 0],
  ])(
    'a seed that is %s has no copy outside locked memory after 40 periods',
    async (_, release, copies) => {
      const seed = MaskedNeedle.random('seed', 32);
      const program = written('signer.mjs', signer);
      const child = spawn(command, [...args, program], {
        cwd: folder,
        env: { ...env, NEEDLE: seed.serialise(), RELEASE: release },
        stdio: 'inherit',
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      await waitUntilStopped(child.pid!, { signal: AbortSignal.timeout(300_000) });
      const { findings } = scanProcess(child.pid!, [seed]);
      expect(findings.length).toBe(copies);
      expect(findings.filter(({ mapping }) => !mapping.locked)).toEqual([]);
    },
  );
});
