// How much is done, for whoever wants more: environment variables.
const numberFrom = (name, otherwise) => Number(process.env[name] ?? otherwise);

/** Random calls: EVOLOCK_ABUSE_CALLS. */
export const calls = numberFrom('EVOLOCK_ABUSE_CALLS', 20_000);
/** What they follow from: EVOLOCK_ABUSE_SEED. */
export const seed = numberFrom('EVOLOCK_ABUSE_SEED', 20_201_222);
/** Child processes at once: EVOLOCK_ABUSE_CHILDREN. */
export const children = numberFrom('EVOLOCK_ABUSE_CHILDREN', 2);
