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
      forms.set(name, known.add(formOf(schema)));
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

test.each([
  ['kesVerificationKey', ['key']],
  ['coldVerificationKey', ['key']],
  ['vrfVerificationKey', ['key']],
  ['poolId', ['poolId']],
  ['certificate', ['certificate']],
  ['network', ['network']],
  ['clock', ['clock']],
  // The period of a key, counted from its first, is no number of 64 bits.
  ['period', ['integer']],
  ['kesPeriod', ['number64']],
  ['startPeriod', ['number64']],
  ['sequenceNumber', ['number64']],
  ['next', ['number64']],
  ['slot', ['number64']],
  ['blockNumber', ['number64']],
  ['slotsPerKesPeriod', ['number64']],
  // The evolution of a certificate, with its limit where the network is known.
  ['evolution', ['evolutionValue', 'evolution']],
])('%s has one form in all outputs', (name, forms) => {
  expect([...(formsByName().get(name) ?? [])].sort()).toEqual([...forms].sort());
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
