/** The schemas of JSON outputs: every output of a test is checked. */
import { readFileSync, readdirSync } from 'node:fs';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { expect } from 'vitest';

/** The schemas of all versions. A command has one, in the version that it had when it changed last. */
const folder = new URL('../../schemas/', import.meta.url);

/** The place of each schema by its name. */
const PLACES = new Map(
  ['1', '2'].flatMap((version) =>
    readdirSync(new URL(version, folder)).map((file) => [file, `${version}/${file}`] as const),
  ),
);

/** Members that a schema does not name are accepted by the schemas, for programs, and refused here. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const members = Object.entries(schema).map(([name, value]) => [name, closed(value)]);
  const isObject = 'properties' in schema && 'type' in schema && schema.type === 'object';
  return Object.fromEntries(isObject ? [...members, ['additionalProperties', false]] : members);
}

const ajv = new Ajv2020({ allErrors: true, strict: true });
for (const [file, place] of PLACES) {
  ajv.addSchema(
    closed(JSON.parse(readFileSync(new URL(place, folder), 'utf8'))) as AnySchemaObject,
    file,
  );
}

/** Checks what a run printed as JSON: its standard output by the schema of its command, an error by that of errors. */
export function checkJson(
  args: readonly string[],
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
): void {
  if (!args.includes('--json')) return;
  if (args.some((each) => ['-h', '--help', '-V', '--version'].includes(each))) return;
  for (const value of valuesIn(stdout)) check(schemaOf(args), value);
  for (const line of stderr.split('\n')) {
    if (line.startsWith('{')) check('error.json', JSON.parse(line));
  }
}

/** One value in several lines, or one value a line. */
function valuesIn(text: string): unknown[] {
  if (text === '') return [];
  if (text.startsWith('{\n')) return [JSON.parse(text)];
  return text.split('\n').flatMap((line): unknown[] => (line === '' ? [] : [JSON.parse(line)]));
}

/** The schema of a command, which is named after its words. */
function schemaOf(args: readonly string[]): string {
  const [first = '', second = ''] = args;
  const name = [`${first}-${second}.json`, `${first}.json`].find((file) => PLACES.has(file));
  if (name === undefined) throw new Error(`no schema for kes ${args.join(' ')}`);
  return name;
}

function check(schema: string, value: unknown): void {
  const isValid = ajv.validate(schema, value);
  expect(isValid ? [] : (ajv.errors ?? []), `${schema}: ${JSON.stringify(value)}`).toEqual([]);
}
