import { describe, expect, test } from 'vitest';
import { errorOf } from './thrown.js';
import { RecordingAllocator, slotsOf } from './recording-allocator.js';
import { refusalsOf } from './released-value.js';
import { renderingsOf, spellingsOf } from './renderings.js';

interface Releasable {
  readonly released: boolean;
  release(): void;
}

interface Options {
  readonly allocator: RecordingAllocator;
}

/** Makes something in locked memory, one value or several, from a live value of the kind. */
type Operation<Value> = (value: Value, options: Options) => Releasable | readonly Releasable[];

/** A kind of value in locked memory. */
export interface LockedKind<Value extends Releasable & Disposable> {
  /** The name of its class. */
  readonly type: string;
  /** The pool of the thread, and another one. */
  readonly pools: readonly ConstructorParameters<typeof RecordingAllocator>[0][];
  /** Makes a value, which takes one slot and nothing else. */
  readonly make: (options?: Options) => Value;
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
export function describeLockedValue<Value extends Releasable & Disposable>(
  name: string,
  kind: LockedKind<Value>,
): void {
  const { type, make, secret } = kind;
  const [pool, tenant] = kind.pools;
  const holdsSecret = (bytes: Uint8Array) => Buffer.from(bytes).includes(Buffer.from(secret));

  describe(`locked memory: ${name}`, () => {
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
      const allocator = new RecordingAllocator(pool!);
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

    const operations: [string, Operation<Value>][] = [
      ['making', (_, options) => make(options)],
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
  });
}
