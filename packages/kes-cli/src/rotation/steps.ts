/** What the operator does next. */

/** One step, the command of it, and what may be different. */
export type Step = readonly [words: string, command?: string, note?: string];

/** The steps as numbered lines. A command has a line of its own, to copy. */
export function stepsInWords(steps: readonly Step[]): string[] {
  return steps.flatMap(([words, ...more], index) => [
    `  ${index + 1}. ${words}`,
    ...more.map((line) => `     ${line ?? ''}`),
  ]);
}
