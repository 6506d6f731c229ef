/** The schemas: the same fact has the same name and the same form in all outputs. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

const folder = new URL('../schemas/', import.meta.url);

/** The forms of each name in all schemas, `null` aside. */
function formsByName(): Map<string, Set<string>> {
  const forms = new Map<string, Set<string>>();
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.json')) continue;
    for (const [name, schema] of propertiesIn(
      JSON.parse(readFileSync(new URL(file, folder), 'utf8')),
    )) {
      const known = forms.get(name) ?? new Set();
      // A value that is one of some words has no type.
      if (formOf(schema) !== '') forms.set(name, known.add(formOf(schema)));
    }
  }
  return forms;
}

function propertiesIn(value: unknown): [string, Schema][] {
  if (typeof value !== 'object' || value === null) return [];
  const { properties = {} } = value as Schema;
  return [...Object.entries(properties), ...Object.values(value).flatMap(propertiesIn)];
}

/** The definition that a schema names, or its type. */
function formOf({ $ref, type = '', anyOf }: Schema): string {
  if (anyOf !== undefined) {
    const forms = anyOf.filter((each) => each.type !== 'null').map(formOf);
    return forms.join();
  }
  return $ref?.replace(/^.*#\/\$defs\//, '') ?? type;
}

test('each name has one form in all outputs, but for these', () => {
  const several = [...formsByName()].filter(([, forms]) => forms.size > 1);
  expect(several.map(([name]) => name).sort()).toEqual([
    'certificates',
    // With its limit where the network is known.
    'evolution',
    'from',
    'installed',
    'kesSignature',
    'message',
    // A member of what was not read, and `null` of what was not judged.
    'valid',
  ]);
});

test('a verification key and an identity of a pool have no other name', () => {
  const others = [...formsByName()].flatMap(([name, forms]) =>
    forms.has('key') || forms.has('poolId') ? [name] : [],
  );
  expect(others.sort()).toEqual([
    'coldVerificationKey',
    'kesVerificationKey',
    'poolId',
    'vrfVerificationKey',
  ]);
});
