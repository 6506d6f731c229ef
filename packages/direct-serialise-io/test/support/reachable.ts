import { createHook } from 'node:async_hooks';
import { inspect, types } from 'node:util';
import { onTestFinished } from 'vitest';

interface Internals {
  _getActiveHandles(): unknown[];
  _getActiveRequests(): unknown[];
}

const { _getActiveHandles, _getActiveRequests } = process as unknown as Internals;

/** Records each new resource of the event loop: sockets, requests, timers. */
export function recordResources(): unknown[] {
  const resources: unknown[] = [];
  const hook = createHook({
    init: (_id, _type, _trigger, resource) => void resources.push(resource),
  });
  hook.enable();
  onTestFinished(() => {
    hook.disable();
  });
  return resources;
}

/** What an application can print: its own values, and all open resources. */
export function everything(...values: unknown[]): unknown[] {
  return [...values, _getActiveHandles.call(process), _getActiveRequests.call(process)];
}

/**
 * Whether a secret can be seen from some values: in a reachable view or buffer, or in the printed text. Only the beginning of
 * long arrays is printed.
 */
export function shows(secret: Uint8Array, ...values: unknown[]): boolean {
  return (
    bytesWithin(values).some((bytes) => bytes.indexOf(secret) !== -1) || prints(secret, values)
  );
}

/** The content of each view and buffer that is reachable by properties, symbols and entries. */
function bytesWithin(values: readonly unknown[]): Buffer[] {
  const seen = new Set<unknown>();
  const found: Buffer[] = [];
  const left: unknown[] = [...values];
  while (left.length > 0) {
    const value = left.pop();
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) continue;
    if (seen.has(value)) continue;
    seen.add(value);
    // A detached buffer is empty.
    if (types.isAnyArrayBuffer(value))
      found.push(value.byteLength > 0 ? Buffer.from(value) : Buffer.of());
    else if (ArrayBuffer.isView(value)) left.push(value.buffer);
    else left.push(...membersOf(value));
  }
  return found;
}

function membersOf(value: object): unknown[] {
  const entries = types.isMap(value) || types.isSet(value) ? [...value].flat() : [];
  const properties = Reflect.ownKeys(value).map(
    (key) => Reflect.getOwnPropertyDescriptor(value, key)?.value as unknown,
  );
  return [...entries, ...properties];
}

function prints(secret: Uint8Array, values: readonly unknown[]): boolean {
  const options = { depth: Infinity, showHidden: true, maxArrayLength: 2_000 };
  const text = inspect(values, { ...options, customInspect: false }) + inspect(values, options);
  const part = [...secret.subarray(0, 16)];
  const hex = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return text.replace(/[\s,]+/g, ' ').includes(part.join(' ')) || text.includes(hex);
}
