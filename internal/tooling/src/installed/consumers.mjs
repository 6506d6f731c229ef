// Compiles the modules of internal/tooling/test/installed/consumer as applications compile theirs.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

/**
 * A module and the packages installed beside it. As with pnpm, its declarations can name no other package.
 *
 * @typedef {{ file: string, installed: readonly string[], types: readonly string[] }} Consumer
 * @typedef {'nodenext' | 'bundler'} Resolution
 */

/** @type {readonly Consumer[]} */
export const consumers = [
  { file: 'values.ts', installed: ['@evolock/kes-sum'], types: [] },
  {
    file: 'node-values.ts',
    installed: [
      '@evolock/cardano-dmq',
      '@evolock/cardano-kes',
      '@evolock/direct-serialise-io',
      '@evolock/kes-sum',
      '@evolock/kes-verify-pool',
      '@evolock/memory-scan',
      '@types/node',
    ],
    types: ['node'],
  },
];

/** @type {readonly Resolution[]} */
export const resolutions = ['nodenext', 'bundler'];

/**
 * Compiles a consumer to declarations and checks every declaration file that it reaches.
 *
 * @param {string} tsc the compiler's file
 * @param {Consumer} consumer
 * @param {Resolution} resolution
 * @returns {Promise<string>} what the compiler complains about; nothing where all is well
 */
export async function compileConsumer(tsc, { file, installed, types }, resolution) {
  const folder = mkdtempSync(join(tmpdir(), 'evolock-consumer-'));
  try {
    for (const name of installed) {
      const link = join(folder, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(root, 'node_modules', name), link, 'junction');
    }
    cpSync(
      join(root, 'internal', 'tooling', 'test', 'installed', 'consumer', file),
      join(folder, file),
    );
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options(types, resolution), files: [file] }),
    );
    return await outputOf([tsc, '--project', folder]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param {readonly string[]} args of Node.js
 * @returns {Promise<string>} what it prints, or why it could not run
 */
function outputOf(args) {
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, stdout, stderr) => {
      resolve(error === null ? '' : stdout || stderr || error.message);
    });
  });
}

/**
 * @param {readonly string[]} types
 * @param {Resolution} resolution
 */
function options(types, resolution) {
  return {
    target: 'es2022',
    // Without the DOM, which declares some globals of Node.js.
    lib: ['es2022'],
    module: resolution === 'nodenext' ? 'nodenext' : 'esnext',
    moduleResolution: resolution,
    strict: true,
    composite: true,
    declaration: true,
    emitDeclarationOnly: true,
    skipLibCheck: false,
    types,
  };
}
