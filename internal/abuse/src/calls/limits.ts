// How many calls are made. Environment variables change the numbers.
const numberFrom = (name: string, otherwise: number): number =>
  Number(process.env[name] ?? otherwise);

/** The number of random calls: EVOLOCK_ABUSE_CALLS. */
export const calls = numberFrom('EVOLOCK_ABUSE_CALLS', 20_000);
/** The seed of the random calls: EVOLOCK_ABUSE_SEED. */
export const seed = numberFrom('EVOLOCK_ABUSE_SEED', 20_201_222);
/** The number of child processes at a time: EVOLOCK_ABUSE_CHILDREN. */
export const children = numberFrom('EVOLOCK_ABUSE_CHILDREN', 2);
