/** What holds for every kind of value in locked memory, and the members and renderings of a value by which that is seen. */
import assert from 'node:assert/strict';
import { format, inspect } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import * as threads from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { codeOf, errorOf, wrongly } from './calls.js';
import { RecordingAllocator, slotsOf } from './recording-allocator.js';

/** The members of a released value that do not throw. */
const stillAnswers: readonly PropertyKey[] = [
  'constructor',
  'released',
  'release',
  Symbol.dispose,
  'toString',
  'toJSON',
  inspect.custom,
  Symbol.toPrimitive,
  // A live value refuses it too.
  'valueOf',
  'length',
  Symbol.asyncIterator,
  Symbol.toStringTag,
  // The version by which two copies of a package recognise each other.
  Symbol.for('@evolock/mlocked-bytes/LockedValue'),
];

/**
 * The code with which a released value refuses each of its members, by name, or `undefined` for a member that does not
 * throw. Leaves out the members that no released value refuses.
 *
 * @param value - Released.
 * @param right - Arguments that would be right, for the methods that take any.
 * @param harmless - What this kind of value may answer besides.
 */
export function refusalsOf(
  value: object,
  right: Readonly<Record<string, unknown[]>>,
  harmless: readonly PropertyKey[] = [],
): ReadonlyMap<PropertyKey, unknown> {
  const passed = new Set([...stillAnswers, ...harmless]);
  const tried = membersOf(value).filter((name) => !passed.has(name));
  return new Map(
    tried.map((name) => [
      name,
      codeOf(() => {
        const member: unknown = Reflect.get(value, name, value);
        if (typeof member === 'function') Reflect.apply(member, value, right[String(name)] ?? []);
      }),
    ]),
  );
}

/** Every member that the classes of a value define. */
function membersOf(value: object): PropertyKey[] {
  const members = new Set<PropertyKey>();
  let prototype = Object.getPrototypeOf(value) as object;
  while (prototype !== Object.prototype) {
    for (const name of Reflect.ownKeys(prototype)) members.add(name);
    prototype = Object.getPrototypeOf(prototype) as object;
  }
  return [...members];
}

function messageOf(run: () => unknown): string {
  try {
    return inspect(run(), { depth: Infinity, showHidden: true });
  } catch (error) {
    return String(error);
  }
}

/** Expects that an object that owns a secret cannot be cloned, where this version of Node.js has that (22.10). */
export function expectUncloneable(owner: object): void {
  const { port1, port2 } = new MessageChannel();
  const clones = {
    structuredClone: () => structuredClone({ nested: [owner] }) as unknown,
    postMessage: () => port1.postMessage(owner),
  };
  try {
    if (!('markAsUncloneable' in threads))
      expect(clones.structuredClone()).toEqual({ nested: [expect.any(Object)] });
    else
      for (const clone of Object.values(clones))
        expect(clone).toThrow(expect.objectContaining({ name: 'DataCloneError' }));
  } finally {
    port1.close();
    port2.close();
  }
}

/** Every way in which a value is printed in a log, an error or a test report. */
export function renderingsOf(value: object): ReadonlyMap<string, string> {
  const text: string = wrongly(value);
  return new Map([
    ['inspect', inspect(value)],
    [
      'inspect with everything',
      inspect(value, { depth: Infinity, showHidden: true, getters: true }),
    ],
    ['inspect without its hook', inspect(value, { customInspect: false, depth: 20 })],
    ['inspect of an object that has it', inspect({ nested: [value] }, { depth: Infinity })],
    ['format', format('%s %o %O %j', value, value, value, value)],
    ['text', ''.concat(text)],
    ['a template', `in ${text}`],
    ['JSON', JSON.stringify({ value })],
    ['Object.entries', inspect(Object.entries(value))],
    ['structuredClone', messageOf(() => structuredClone(value))],
    ['serialize', messageOf(() => serialize(value).toString('latin1'))],
    ['deserialize', messageOf(() => deserialize(serialize(value)))],
    ['a number', messageOf(() => Number(value))],
    ['the difference of an assertion', messageOf(() => assert.deepEqual(value, { other: true }))],
    ['an assertion that two are one', messageOf(() => assert.equal(value, {}))],
  ]);
}

/** The encodings of a part of a secret that must not be printed. */
export function spellingsOf(secret: Uint8Array): string[] {
  const part = Buffer.from(secret.subarray(0, 6));
  return [
    part.toString('hex'),
    part.toString('hex').toUpperCase(),
    part.toString('hex').replace(/(..)(?!$)/g, '$1 '),
    part.toString('base64'),
    part.toString('latin1'),
    [...part].join(', '),
    [...part].join(','),
  ];
}

interface Releasable {
  readonly released: boolean;
  release(): void;
}

type Kept = Releasable & Disposable;

interface Options {
  readonly allocator: RecordingAllocator;
}

/** Makes something in locked memory, one value or several, from a live value of the kind. */
type Operation<Value> = (value: Value, options: Options) => Releasable | readonly Releasable[];

/** The serialised form of a kind of value. */
interface Form<Value> {
  readonly bytes: Uint8Array;
  /** Reads a value, which has to use up the bytes. */
  readonly read: (bytes: Uint8Array, options: Options) => Value;
  /** Reads a value block by block. */
  readonly pull: (pull: (block: Uint8Array) => void, options: Options) => unknown;
}

/** A kind of value in locked memory. */
export interface LockedKind<Value extends Kept> {
  /** The name of its class. */
  readonly type: string;
  /** The pool of the thread, and another one. */
  readonly pools: readonly ConstructorParameters<typeof RecordingAllocator>[0][];
  /** Makes a value, which takes one slot and nothing else. */
  readonly make: (options?: Options) => Value;
  /** How it is read. */
  readonly form: Form<Value>;
  /** The other operations that make something in locked memory. */
  readonly operations: Readonly<Record<string, Operation<Value>>>;
  /** A part of its memory. */
  readonly secret: Uint8Array;
  /** Valid arguments, for the methods that take any. */
  readonly right: Readonly<Record<string, unknown[]>>;
  /** Members that a released value refuses. */
  readonly refuses: readonly string[];
  /** What a released value may answer besides. */
  readonly harmless?: readonly PropertyKey[];
}

/** What holds for every kind of value in locked memory. */
export function describeLockedValue<Value extends Kept>(
  name: string,
  kind: LockedKind<Value>,
): void {
  describe(`locked memory: ${name}`, () => {
    testRelease(kind);
    testSecrecy(kind);
    testReading(kind);
    testOperations(kind);
  });
}

function testRelease<Value extends Kept>(kind: LockedKind<Value>): void {
  const { type, make, secret } = kind;
  const holdsSecret = (bytes: Uint8Array) => Buffer.from(bytes).includes(Buffer.from(secret));

  test('a released one refuses every member except those of every released value', () => {
    const value = make();
    value.release();
    const refusals = refusalsOf(value, kind.right, kind.harmless);
    expect([...refusals.keys()]).toEqual(expect.arrayContaining([...kind.refuses]));
    expect(new Set(refusals.values())).toEqual(new Set(['ERR_EVOLOCK_RELEASED']));
    expect(value.released).toBe(true);
    expect(renderingsOf(value).get('text')).toBe(`[${type}: released]`);
  });

  test('it is wiped before its release returns, and a second release does not affect the next owner', () => {
    const allocator = new RecordingAllocator(kind.pools[0]!);
    const value = make({ allocator });
    const { bytes } = allocator.slots[0]!;
    expect(holdsSecret(bytes)).toBe(true);
    value.release();
    allocator.expectClean();
    const next = make({ allocator });
    value.release();
    value[Symbol.dispose]();
    expect(next.released).toBe(false);
    expect(holdsSecret(allocator.slots.at(-1)!.bytes)).toBe(true);
    next.release();
  });

  test('using releases it, also when the block throws', () => {
    let kept: Value | undefined;
    const failure = new Error('in the block');
    const block = () => {
      using value = make();
      kept = value;
      throw failure;
    };
    expect(errorOf(block)).toBe(failure);
    expect(kept?.released).toBe(true);
  });
}

/** What a copy and the renderings of a value show of its secret: nothing. */
function testSecrecy<Value extends Kept>({ type, make, secret }: LockedKind<Value>): void {
  test('it is not cloned to an empty object, alone or in another object', () => {
    const value = make();
    expectUncloneable(value);
    value.release();
    expectUncloneable(value);
  });

  test('no way of printing it shows a part of its secret', () => {
    using value = make();
    const renderings = renderingsOf(value);
    for (const [way, text] of renderings) {
      const found = spellingsOf(secret).filter((spelling) => text.includes(spelling));
      expect(found, way).toEqual([]);
    }
    for (const way of ['inspect', 'text', 'JSON']) {
      expect(renderings.get(way)).toContain(`[${type}: `);
    }
    expect(Reflect.ownKeys(value)).toEqual([]);
  });
}

function testReading<Value extends Kept>({ pools, form }: LockedKind<Value>): void {
  test('reading another size, or from a pull that throws, leaves nothing', () => {
    const allocator = new RecordingAllocator(pools[0]!);
    const { length } = form.bytes;
    for (const size of [0, length - 1, length + 1, 2 * length]) {
      const bytes = new Uint8Array(size);
      bytes.set(form.bytes.subarray(0, size));
      const read = () => form.read(bytes, { allocator });
      expect(codeOf(read), `${size} bytes`).toBe('ERR_EVOLOCK_SIZE_CHECK');
    }
    const broken = new Error('broken pipe');
    const pull = (block: Uint8Array) => {
      block.fill(1);
      throw broken;
    };
    expect(errorOf(() => form.pull(pull, { allocator }))).toBe(broken);
    expect(allocator.slots.length).toBeGreaterThan(4);
    allocator.expectClean();
  });
}

/** Each operation that makes a value, in memory that is recorded. */
function testOperations<Value extends Kept>(kind: LockedKind<Value>): void {
  const { make, form } = kind;
  const [pool, tenant] = kind.pools;
  const operations: [string, Operation<Value>][] = [
    ['making', (_, options) => make(options)],
    ['reading', (_, options) => form.read(form.bytes, options)],
    ...Object.entries(kind.operations),
  ];

  test.each(operations)('%s takes memory of its allocator only, and gives it back', (_, run) => {
    using value = make();
    const allocator = new RecordingAllocator(tenant!);
    const elsewhere = slotsOf(pool!, () => {
      const made = [run(value, { allocator })].flat();
      expect(allocator.live).toBe(made.length);
      for (const each of made) each.release();
    });
    expect(elsewhere.slots).toEqual([]);
    expect(allocator.allocations).toBeGreaterThan(0);
    allocator.expectClean();
  });

  test.each(operations)('%s wipes everything when any of its allocations fails', (_, run) => {
    using value = make();
    const log = new RecordingAllocator(tenant!);
    for (const each of [run(value, { allocator: log })].flat()) each.release();
    for (let n = 0; n < log.allocations; n += 1) {
      const allocator = new RecordingAllocator(tenant!).failAt(n);
      expect(errorOf(() => run(value, { allocator }))).toBe(allocator.refusal);
      allocator.expectClean();
    }
  });
}
