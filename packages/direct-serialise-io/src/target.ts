import { checkInteger, wrongType } from '@evolock/direct-serialise/arguments';

/** Where to connect to: a Unix socket (a named pipe on Windows), or a TCP port of a host. */
export type Target =
  | { readonly path: string }
  | {
      readonly port: number;
      /** `localhost` when absent. */
      readonly host?: string | undefined;
    };

/**
 * Checks where to connect to, and takes nothing else from what was given.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @internal
 */
export function checkTarget(target: unknown): { path: string } | { port: number; host: string } {
  if (typeof target !== 'object' || target === null) {
    throw wrongType('target', 'an object with a path or a port', target);
  }
  const {
    path,
    port,
    host = 'localhost',
  } = { __proto__: null, ...target } as Record<string, unknown>;
  if (path !== undefined) {
    if (typeof path !== 'string') throw wrongType('path', 'a string', path);
    return { path };
  }
  if (typeof host !== 'string') throw wrongType('host', 'a string', host);
  return { port: checkInteger('port', port, 1, 65_535), host };
}
