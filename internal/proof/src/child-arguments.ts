/** What a process that is scanned is told: no secret, only masked ones. */
export interface ChildArguments {
  /** The operation. */
  readonly id: string;
  /** How often it is done before with random secrets. */
  readonly repetitions: number;
  /** The secret, masked; empty where the process is to receive it. */
  readonly secret: string;
  /** What it keeps in ordinary memory, masked: every scan has to find this. */
  readonly canary: string;
  readonly folder: string;
}

/** As they stand on a command line. */
export function writeArguments(told: ChildArguments): string[] {
  return [told.id, String(told.repetitions), told.secret, told.canary, told.folder];
}

/**
 * Reads the command line.
 *
 * @throws Error when it is not one that {@link writeArguments} wrote.
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
    throw new Error('this program is started by a proof, not by a person');
  }
  return { id, repetitions: Number(repetitions), secret, canary, folder };
}
