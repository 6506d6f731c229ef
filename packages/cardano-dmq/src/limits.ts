/**
 * The sizes and times that nodes of the queue accept.
 *
 * Source: CIP-137, and `Policy` of dmq-node.
 */

/** Bytes of the largest message: 2,800. Nodes relay no larger one. */
export const MAX_MESSAGE_SIZE = 2_800;

/** Bytes of the largest body: 2,000. */
export const MAX_BODY_SIZE = 2_000;

/** The expiry of a message has to be less than this many seconds ahead: 1,800. A node refuses a later one. */
export const MAX_LIFETIME = 1_800;
