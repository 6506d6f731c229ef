import {
  directDeserialiseBuf,
  directDeserialiseBufChecked,
  directDeserialiseFrom,
  directDeserialiseFromChecked,
  directSerialiseBuf,
  directSerialiseBufChecked,
  directSerialiseTo,
  directSerialiseToChecked,
  type DirectDeserialise,
  type DirectSerialise,
} from '../../src/index.js';

const MARGIN = 64;
const CANARY = 0xca;

/** A destination between canary bytes. */
export class Canvas {
  readonly #whole: Uint8Array;
  readonly inside: Uint8Array;

  constructor(readonly size: number) {
    this.#whole = new Uint8Array(size + 2 * MARGIN).fill(CANARY);
    this.inside = this.#whole.subarray(MARGIN, MARGIN + size);
  }

  /** Writes without a bound: only the helper keeps a block inside. */
  readonly write = (offset: number, block: Uint8Array): void => {
    this.#whole.set(block, MARGIN + offset);
  };

  /** Whether everything outside of the first `reached` bytes of the inside is unchanged. */
  untouchedFrom(reached: number): boolean {
    const around = [...this.#whole.subarray(0, MARGIN), ...this.#whole.subarray(MARGIN + reached)];
    return around.every((byte) => byte === CANARY);
  }
}

/** One of the four helpers that write to a canvas; returns the number of bytes that it wrote. */
export interface Serialiser {
  readonly name: string;
  readonly checked: boolean;
  run(canvas: Canvas, value: DirectSerialise): number;
}

/** One of the four helpers that read; returns the value and the number of bytes that it read. */
export interface Deserialiser {
  readonly name: string;
  readonly checked: boolean;
  run<T>(source: Uint8Array, type: DirectDeserialise<T>, options?: object): [T, number];
}

/** Reads from a source at an offset, as a caller of the `From` forms does. */
export function readerOf(source: Uint8Array): (offset: number, block: Uint8Array) => void {
  return (offset, block) => {
    block.set(source.subarray(offset, offset + block.byteLength));
  };
}

export const serialisers: readonly Serialiser[] = [
  {
    name: 'directSerialiseTo',
    checked: false,
    run: (canvas, value) => directSerialiseTo(canvas.write, canvas.size, value),
  },
  {
    name: 'directSerialiseToChecked',
    checked: true,
    run(canvas, value) {
      directSerialiseToChecked(canvas.write, canvas.size, value);
      return canvas.size;
    },
  },
  {
    name: 'directSerialiseBuf',
    checked: false,
    run: (canvas, value) => directSerialiseBuf(canvas.inside, value),
  },
  {
    name: 'directSerialiseBufChecked',
    checked: true,
    run(canvas, value) {
      directSerialiseBufChecked(canvas.inside, value);
      return canvas.size;
    },
  },
];

export const deserialisers: readonly Deserialiser[] = [
  {
    name: 'directDeserialiseFrom',
    checked: false,
    run: (source, type, options) =>
      directDeserialiseFrom(readerOf(source), source.byteLength, type, options),
  },
  {
    name: 'directDeserialiseFromChecked',
    checked: true,
    run: (source, type, options) => [
      directDeserialiseFromChecked(readerOf(source), source.byteLength, type, options),
      source.byteLength,
    ],
  },
  {
    name: 'directDeserialiseBuf',
    checked: false,
    run: (source, type, options) => directDeserialiseBuf(source, type, options),
  },
  {
    name: 'directDeserialiseBufChecked',
    checked: true,
    run: (source, type, options) => [
      directDeserialiseBufChecked(source, type, options),
      source.byteLength,
    ],
  },
];

export const checkedSerialisers = serialisers.filter(({ checked }) => checked);
export const checkedDeserialisers = deserialisers.filter(({ checked }) => checked);
export const uncheckedDeserialisers = deserialisers.filter(({ checked }) => !checked);
