import type { ChildProcess } from 'node:child_process';
import type { DirectSerialise } from '@evolock/direct-serialise';
import { checkInteger, wrongType } from '@evolock/direct-serialise/arguments';
import { directSerialiseToSocket, type SendOptions } from './send.js';
import { checkSocket } from './socket.js';

const MAX_DESCRIPTOR = 255;

/**
 * Sends a value from locked memory to a child process over one of its `stdio` pipes. The child reads it with
 * {@link directDeserialiseFromDescriptor} from the same descriptor. In all else this is {@link directSerialiseToSocket}. The pipe
 * stays open: `child.stdio[descriptor].end()` ends it.
 *
 * @param child - A child process with a `'pipe'` in `stdio` at that number.
 * @param descriptor - The number, 0 or from 3.
 * @throws {@link StreamError} `ERR_EVOLOCK_IO_STREAM` when the pipe is closed, also by the end of the child.
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
