import type { ChildProcess } from 'node:child_process';
import type { DirectSerialise } from '@evolock/direct-serialise';
import { checkInteger, wrongType } from '@evolock/direct-serialise/arguments';
import { checkSocket } from './plain-socket.js';
import { directSerialiseToSocket, type SendOptions } from './send.js';

const MAX_DESCRIPTOR = 255;

/**
 * Sends a value to a child process over one of its `stdio` pipes, from locked memory.
 *
 * The child reads it with {@link directDeserialiseFromDescriptor} from the descriptor of the same number. Everything
 * else is as with {@link directSerialiseToSocket}. The pipe stays open for more: `child.stdio[descriptor].end()` ends
 * it.
 *
 * @param child - A child process that was spawned with `stdio` `'pipe'` at that number.
 * @param descriptor - The number, 0 or from 3 on.
 * @param size - Bytes of the value, 1 to {@link MAX_IO_SIZE}.
 * @param value - What is sent. It has to stay alive and as it is until the promise settles.
 * @returns A promise; all errors come through it.
 * @throws {@link IoTimeoutError} `ERR_EVOLOCK_IO_TIMEOUT`; {@link IoAbortedError} `ERR_EVOLOCK_IO_ABORTED`.
 * @throws {@link StreamError} `ERR_EVOLOCK_IO_STREAM` when the pipe is or gets closed, by the end of the child too.
 * @throws {@link SizeCheckError} `ERR_EVOLOCK_SIZE_CHECK` when the value is larger or smaller.
 * @throws {@link ProtocolError} `ERR_EVOLOCK_PROTOCOL` when the value is asynchronous.
 * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`, {@link RegionLimitError} `ERR_EVOLOCK_REGION_LIMIT`.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { spawn } from 'node:child_process';
 * import { once } from 'node:events';
 * import { directSerialiseToChild } from '@evolock/direct-serialise-io';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 *
 * const script = `
 *   import { directDeserialiseFromDescriptor } from '@evolock/direct-serialise-io';
 *   import { MLockedBytes } from '@evolock/mlocked-bytes';
 *   const key = directDeserialiseFromDescriptor(3, 32, MLockedBytes.type(32));
 *   key.release();
 * `;
 * const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
 *   stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
 * });
 * const key = MLockedBytes.newZeroed(32);
 * await directSerialiseToChild(child, 3, 32, key);
 * key.release();
 * const [code] = await once(child, 'close');
 * assert.equal(code, 0);
 * ```
 */
export async function directSerialiseToChild(
  child: ChildProcess,
  descriptor: number,
  size: number,
  value: DirectSerialise,
  options?: SendOptions,
): Promise<void> {
  checkInteger('descriptor', descriptor, 0, MAX_DESCRIPTOR);
  const stdio: readonly unknown[] | undefined = (child as Partial<ChildProcess> | undefined)?.stdio;
  if (!Array.isArray(stdio)) throw wrongType('child', 'a child process', child);
  const pipe = checkSocket(`child.stdio[${descriptor}]`, stdio[descriptor]);
  await directSerialiseToSocket(pipe, size, value, options);
}
