/** The schemas of JSON outputs: every output of a test is checked. */
import { readFileSync, readdirSync } from 'node:fs';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { expect } from 'vitest';

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
  /** The schema of a command is named after its words. */
  const schemaOf = ([first = '', second = '']: readonly string[]): string => {
    const name = [`${first}-${second}.json`, `${first}.json`].find((file) => names.has(file));
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
