/** The options of a transfer and those of the type that it reads, in one object. */
import type { DirectDeserialise } from '@evolock/direct-serialise';
import { checkOptions, checkRecord } from '@evolock/direct-serialise/arguments';

/**
 * Checks a type and the options of a transfer to it. A name that neither has is refused before a byte is read, if the type
 * states its names. Otherwise the type gets what the transfer does not know.
 *
 * @returns A copy: `options` is read once.
 */
export function checkTypeOptions<Options extends object>(
  type: DirectDeserialise<unknown, never>,
  options: Options | undefined,
  names: readonly string[],
): Partial<Options> {
  if (options === undefined) return {};
  const { optionNames } = type;
  if (optionNames === undefined) return checkRecord('options', options);
  const given = options as Readonly<Record<string, unknown>>;
  const known: readonly string[] = [...names, ...optionNames];
  return checkOptions(given, known) as Partial<Options>;
}
