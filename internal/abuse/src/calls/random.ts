// Reproducible random numbers: a failure names its seed and its call.

/** @returns numbers from 0 to 1, as Math.random gives them (mulberry32) */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The numbers of one call, independent of earlier calls. */
export const randomOfCall = (seed: number, index: number) =>
  randomOf(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) + index);

/** A random item of a list that is not empty. */
export const pick = <Item>(random: () => number, list: readonly Item[]) =>
  list[Math.floor(random() * list.length)] as Item;
