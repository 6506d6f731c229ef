/**
 * A program, run in the process of the test: from its sources, on the built packages below. The exit code of each run has to
 * be in the help of its command, and its JSON has to fit the schema.
 */
import { closeSync, openSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { EventEmitter } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import type { Command } from 'commander';
import { expect } from 'vitest';
import { exitCodesOf } from '@evolock/command-line/command';
import { run } from '@evolock/command-line/run';
import { Session, type Context, type Signals } from '@evolock/command-line/session';
import { namedCommands, type ProgramTree } from '@evolock/command-line/tree';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether both outputs are a terminal. */
  readonly isTTY?: boolean;
  readonly now?: Date;
  /** A clock, instead of one moment. */
  readonly clock?: () => Date;
  /** Where the run gets its signals; none arrive when absent. */
  readonly signals?: Signals;
  readonly onOutput?: (part: string) => void;
  readonly onErrors?: (part: string) => void;
}

export type Runner = (args: readonly string[], options?: RunOptions) => Promise<Ended>;

/** How the tests run a program. Threads cannot load a source: they load a module of the build, in the folder `modules`. */
export function runnerOf(program: ProgramTree, modules: URL, checkJson: CheckJson): Runner {
  return async (args, options = {}) => {
    const { cwd = '.', input = '', isTTY = false, now, clock, onOutput, onErrors } = options;
    const text = { stdout: '', stderr: '' };
    const output = (name: 'stdout' | 'stderr') => ({
      isTTY,
      write: (part: string | Uint8Array, done?: () => void) => {
        text[name] += part.toString();
        (name === 'stdout' ? onOutput : onErrors)?.(part.toString());
        done?.();
      },
    });
    const stdin = openInput(input);
    const folder = process.cwd();
    process.chdir(cwd);
    try {
      const context = {
        stdin,
        stdout: output('stdout'),
        stderr: output('stderr'),
        environment: options.environment ?? {},
        now: clock ?? (() => now ?? new Date()),
        monotonic: () => clock?.().getTime() ?? performance.now(),
        modules,
        signals: options.signals ?? new EventEmitter(),
        inspectorUrl: () => undefined,
      };
      const code = await run(program, args, context);
      await checkExitCode(program, args, context, code);
      checkJson(args, text);
      return { code, ...text };
    } finally {
      process.chdir(folder);
      closeSync(stdin);
    }
  };
}

function openInput(input: string | Uint8Array): number {
  if (input.length === 0) return openSync('/dev/null', 'r');
  const path = join(tmpdir(), `evolock-input-${process.pid}`);
  writeFileSync(path, input);
  try {
    return openSync(path, 'r');
  } finally {
    unlinkSync(path);
  }
}

async function checkExitCode(
  program: ProgramTree,
  args: readonly string[],
  context: Context,
  code: number,
) {
  const tree = await namedCommands(program, new Session(program, args, context));
  const numbers = exitCodesOf(commandIn(tree, args)).map((line) => Number.parseInt(line, 10));
  const line = [program.name, ...args].join(' ');
  expect(numbers, `exit codes in the help of ${line}`).toContain(code);
}

function commandIn(command: Command, [word, ...more]: readonly string[]): Command {
  const next = command.commands.find((each) => each.name() === word);
  return next === undefined ? command : commandIn(next, more);
}

/** Checks what a run printed as JSON: its standard output by the schema of its command, an error by that of errors. */
export type CheckJson = (
  args: readonly string[],
  printed: { readonly stdout: string; readonly stderr: string },
) => void;

/** Reads the schemas of a folder, in its folders of versions. A command has one, in the version when it changed last. */
export function jsonChecker(folder: URL): CheckJson {
  const ajv = new Ajv2020({ allErrors: true, strict: true });
  const names = new Set<string>();
  for (const version of readdirSync(folder))
    for (const file of readdirSync(new URL(version, folder))) {
      const text = readFileSync(new URL(`${version}/${file}`, folder), 'utf8');
      ajv.addSchema(closed(JSON.parse(text)) as AnySchemaObject, file);
      names.add(file);
    }
  const check = (schema: string, value: unknown): void => {
    const isValid = ajv.validate(schema, value);
    expect(isValid ? [] : (ajv.errors ?? []), `${schema}: ${JSON.stringify(value)}`).toEqual([]);
  };
  /** The schema of a command is named after its words, or after its first option. */
  const schemaOf = ([first = '', second = '']: readonly string[]): string => {
    const name = [`${first}-${second.replace(/^--/, '')}.json`, `${first}.json`].find((file) =>
      names.has(file),
    );
    if (name === undefined) throw new Error(`no schema for ${first} ${second}`);
    return name;
  };
  return (args, { stdout, stderr }) => {
    if (!args.includes('--json')) return;
    if (args.some((each) => ['-h', '--help', '-V', '--version'].includes(each))) return;
    for (const value of valuesIn(stdout)) check(schemaOf(args), value);
    for (const line of stderr.split('\n')) {
      if (line.startsWith('{')) check('error.json', JSON.parse(line));
    }
  };
}

/** Members that a schema does not name are accepted by the schemas, for programs, and refused here. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const members = Object.entries(schema).map(([name, value]) => [name, closed(value)]);
  const isObject = 'properties' in schema && 'type' in schema && schema.type === 'object';
  return Object.fromEntries(isObject ? [...members, ['additionalProperties', false]] : members);
}

/** One value in several lines, or one value a line. */
function valuesIn(text: string): unknown[] {
  if (text === '') return [];
  if (text.startsWith('{\n')) return [JSON.parse(text)];
  return text.split('\n').flatMap((line): unknown[] => (line === '' ? [] : [JSON.parse(line)]));
}
