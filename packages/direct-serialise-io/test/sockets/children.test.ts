import type { Socket } from 'node:net';
import { MLockedBytes, pooledAllocator } from '@evolock/mlocked-bytes';
import { RecordingAllocator } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { directSerialiseToChild, LockedConnection } from '../../src/index.js';
import { exitOf, runScript } from '../support/scripts.js';
import { contentOf, lockedCopy, pattern } from '../support/values.js';

const content = pattern(32);
const type = MLockedBytes.type(32);
const piped = { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] as const };
const options = { stdio: [...piped.stdio] };

function pipeOf(child: { stdio: readonly unknown[] }): Socket {
  return child.stdio[3] as Socket;
}

describe('sending to a child', () => {
  test('delivers keys in order', async () => {
    const child = runScript(
      `
        for (const size of [32, 600, 100_000, 1]) {
          const key = io.directDeserialiseFromDescriptor(3, MLockedBytes.type(size));
          key.withBytes((bytes) => {
            if (!bytes.every((byte, i) => byte === ((i * 7 + 1) % 255) + 1)) process.exit(9);
          });
          key.release();
        }
      `,
      options,
    );
    const exit = exitOf(child);
    const allocator = new RecordingAllocator(pooledAllocator);
    for (const size of [32, 600, 100_000, 1]) {
      await directSerialiseToChild(child, 3, lockedCopy(pattern(size)), { allocator });
    }
    expect(await exit).toBe(0);
    allocator.expectClean();
  });
});

describe('receiving from a child', () => {
  test('fills locked memory, in both directions over one pipe', async () => {
    const child = runScript(
      `
        const type = MLockedBytes.type(32);
        const key = io.directDeserialiseFromDescriptor(3, type);
        io.directSerialiseToDescriptor(3, key);
        io.directSerialiseToDescriptor(3, key);
        key.release();
      `,
      options,
    );
    const exit = exitOf(child);
    const allocator = new RecordingAllocator(pooledAllocator);
    const connection = LockedConnection.takeOver(pipeOf(child), { allocator });
    await connection.send(lockedCopy(content), { allocator });
    expect(contentOf(await connection.receive(type, { allocator }))).toEqual(content);
    expect(contentOf(await connection.receive(type, { allocator }))).toEqual(content);
    await connection.finish();
    allocator.expectClean();
    expect(await exit).toBe(0);
  });
});
