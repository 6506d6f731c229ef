/** The arguments of a scanned process. Secrets in them are masked. */
export interface ChildArguments {
  /** The operation. */
  readonly id: string;
  /** How often it runs before with random secrets. */
  readonly repetitions: number;
  /** The masked secret. Empty when the process receives it from another. */
  readonly secret: string;
  /** The masked bytes that it keeps in ordinary memory. Every scan has to find them. */
  readonly canary: string;
  readonly folder: string;
}

/** The arguments as words of a command line. */
export function writeArguments(given: ChildArguments): string[] {
  return [given.id, String(given.repetitions), given.secret, given.canary, given.folder];
}

/**
 * Reads the command line.
 *
 * @throws Error when {@link writeArguments} did not write it.
 */
export function readArguments(line: readonly string[]): ChildArguments {
  const [id, repetitions, secret, canary, folder] = line;
  if (
    id === undefined ||
    repetitions === undefined ||
    secret === undefined ||
    canary === undefined ||
    folder === undefined
  ) {
    throw new Error('a proof starts this program: do not start it by hand');
  }
  return { id, repetitions: Number(repetitions), secret, canary, folder };
}
