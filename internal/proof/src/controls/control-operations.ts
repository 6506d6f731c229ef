/** The controls. Each leaves a copy of a secret outside locked memory, which a scan has to find. */
export const CONTROLS = [
  'Buffer.from of a locked view',
  'slice of a locked view',
  'an array of its bytes',
  'its hexadecimal text',
  'its base64 text',
  'the first key pair of a process, without a warm-up',
  'the first hash of a process, without a warm-up',
  'a hash after a warm-up, without a dummy hash behind it',
] as const;

/** One of {@link CONTROLS}. */
export type Control = (typeof CONTROLS)[number];
