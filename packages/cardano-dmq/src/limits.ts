/**
 * The sizes and times that nodes of the queue accept.
 *
 * Source: CIP-137, and `Policy` of dmq-node.
 */

/**
 * Bytes of the largest message: 2,800. Nodes relay no larger one.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MAX_MESSAGE_SIZE, parseDmqMessage } from '@evolock/cardano-dmq';
 *
 * const tooLarge = new Uint8Array(MAX_MESSAGE_SIZE + 1);
 * assert.throws(() => parseDmqMessage(tooLarge), { problem: 'too-large' });
 * ```
 */
export const MAX_MESSAGE_SIZE = 2_800;

/**
 * Bytes of the largest body: 2,000.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MAX_BODY_SIZE, MAX_MESSAGE_SIZE } from '@evolock/cardano-dmq';
 *
 * assert(MAX_BODY_SIZE < MAX_MESSAGE_SIZE);
 * ```
 */
export const MAX_BODY_SIZE = 2_000;

/**
 * The expiry of a message has to be less than this many seconds ahead: 1,800. A node refuses a later one.
 *
 * @example
 * ```ts
 * import { MAX_LIFETIME } from '@evolock/cardano-dmq';
 *
 * const expiresAt = Math.floor(Date.now() / 1_000) + MAX_LIFETIME - 60;
 * ```
 */
export const MAX_LIFETIME = 1_800;
