import { expect, test } from 'vitest';
import { importing, printedBy } from '../support/child.js';

/** Node.js 20 has the method with a flag. */
const nodeArguments = 'transfer' in ArrayBuffer.prototype ? [] : ['--harmony-rab-gsab-transfer'];

const prelude = `
  ${importing}
  const { MLockedBytes, MLockedRegion, PooledAllocator, mappingAllocator } = locked;
  const codeOf = (use) => {
    try {
      use();
      return 'none';
    } catch (error) {
      return error.code ?? String(error);
    }
  };
  const transfer = (view) => void ArrayBuffer.prototype.transfer.call(view.buffer);
`;

/** The output of a script in a process of its own, which must end by itself. */
const printed = (script: string): unknown => printedBy(prelude + script, { nodeArguments });

test('the buffer of a lent view refuses to be transferred', () => {
  const script = `
    const bytes = MLockedBytes.fromBytes(Uint8Array.of(1, 2, 3));
    const codes = ['transfer', 'transferToFixedLength'].map((name) =>
      codeOf(() => bytes.withBytes((view) => void view.buffer[name]())),
    );
    const cloned = codeOf(() => bytes.withBytes((view) => {
      try {
        structuredClone(view.buffer, { transfer: [view.buffer] });
      } catch {}
    }));
    print([codes, cloned, bytes.withBytes((view) => [...view])]);
  `;
  const refused = 'ERR_EVOLOCK_VIEW_ESCAPE';
  expect(printed(script)).toEqual([[refused, refused], 'none', [1, 2, 3]]);
});

test('when a callback transfers it all the same, every owner in the slab gets a typed error', () => {
  const script = `
    const allocator = new PooledAllocator();
    const [culprit, ...others] = Array.from({ length: 5 }, () =>
      MLockedBytes.newZeroed(20, { allocator }),
    );
    const chunk = others[0].chunk(0, 8);
    const apart = MLockedBytes.fromBytes(Uint8Array.of(1, 2, 3));
    const first = codeOf(() => culprit.withBytes(transfer));
    const uses = [culprit, ...others].flatMap((value) => [
      codeOf(() => value.withBytes(() => {})),
      codeOf(() => value.zero()),
      codeOf(() => value.clone()),
      codeOf(() => value.equals(apart)),
      codeOf(() => apart.equals(value)),
      codeOf(() => apart.copyFrom(value)),
      codeOf(() => value.directSerialise(() => {})),
      codeOf(() => value.chunk(0, 1)),
    ]);
    const chunks = [codeOf(() => chunk.zero()), codeOf(() => chunk.withBytes(() => {}))];
    let message;
    try { others[1].zero(); } catch (error) { message = error.message; }
    const made = Array.from({ length: 300 }, () => {
      const value = MLockedBytes.newZeroed(20, { allocator });
      value.withBytes((view) => void view.fill(5));
      return value;
    });
    for (const value of [culprit, ...others, ...made]) value.release();
    const next = MLockedBytes.newZeroed(20, { allocator });
    const zero = next.withBytes((view) => view.every((byte) => byte === 0));
    next.release();
    allocator.trim();
    print({
      first,
      uses: [...new Set(uses)],
      chunks,
      message,
      zero,
      usage: allocator.usage(),
      apart: apart.withBytes((view) => [...view]),
    });
  `;
  expect(printed(script)).toEqual({
    first: 'ERR_EVOLOCK_VIEW_ESCAPE',
    uses: ['ERR_EVOLOCK_MEMORY_TRANSFERRED'],
    chunks: ['ERR_EVOLOCK_MEMORY_TRANSFERRED', 'ERR_EVOLOCK_MEMORY_TRANSFERRED'],
    message: expect.stringContaining('a callback transferred the ArrayBuffer') as string,
    zero: true,
    usage: { regions: 0, size: 0, liveSlots: 0 },
    apart: [1, 2, 3],
  });
});

test('mappings that were transferred are not used again', () => {
  const script = `
    const kept = [];
    const keep = (view) => void kept.push(view);
    // Enough in one turn that wiped mappings are kept for reuse.
    const values = Array.from({ length: 700 }, () => MLockedBytes.newZeroed(32, { allocator: mappingAllocator }));
    const region = MLockedRegion.allocate(100);
    const code = codeOf(() => region.withBytes(transfer));
    region.release();
    for (const value of values) {
      value.withBytes(keep);
      value.release();
    }
    for (const view of kept) if (view.byteLength > 0) transfer(view);
    const made = Array.from({ length: 300 }, () => MLockedBytes.newZeroed(32, { allocator: mappingAllocator }));
    for (const value of made) {
      value.withBytes((view) => void view.fill(7));
      value.release();
    }
    // A slab that is empty and waits for its next owner.
    const allocator = new PooledAllocator();
    const slots = Array.from({ length: 500 }, () => MLockedBytes.newZeroed(32, { allocator }));
    const views = [];
    for (const value of slots) value.withBytes((view) => void views.push(view));
    for (const value of slots) value.release();
    for (const view of views) if (view.byteLength > 0) transfer(view);
    const again = Array.from({ length: 500 }, () => MLockedBytes.newZeroed(64, { allocator }));
    for (const value of again) value.withBytes((view) => void view.fill(7));
    print([code, made.length, again.length]);
  `;
  expect(printed(script)).toEqual(['ERR_EVOLOCK_VIEW_ESCAPE', 300, 500]);
});
