import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Incoming } from './incoming.js';
import { IDENTIFIER, identifier, OK, SIGNING_KEY, TAIL, u32 } from './service-bytes.js';

/** A version in which each message is a key. */
const VERSION = 'Service:1.0';
const PIECE = 65_536;

/** A client of the service socket in the scanning process. It reads from the kernel only when it is told to. */
export class Client {
  readonly #socket: Socket;
  readonly #incoming = new Incoming();

  private constructor(path: string) {
    const callback = (size: number, bytes: Uint8Array): boolean => {
      this.#incoming.add(bytes.subarray(0, size));
      return true;
    };
    this.#socket = connect({ path, onread: { buffer: Buffer.alloc(PIECE), callback } });
    this.#socket.on('close', () => this.#incoming.end());
    this.#socket.on('error', () => undefined);
  }

  /** Connects, and agrees on a version. */
  static async connect(path: string): Promise<Client> {
    const client = new Client(path);
    await once(client.#socket, 'connect');
    await client.#greet();
    return client;
  }

  /** Receives the next key, 608 bytes, and accepts it. */
  async receive(): Promise<Buffer> {
    const key = await this.#read((incoming) => incoming.read(SIGNING_KEY + TAIL));
    this.#accept();
    return key.subarray(0, SIGNING_KEY);
  }

  /** Receives everything up to a key whose tail is known, and accepts it. */
  async receiveTo(tail: Uint8Array): Promise<void> {
    await this.#read((incoming) => incoming.readTo(tail));
    this.#accept();
  }

  /** Ends the connection. */
  close(): void {
    this.#socket.destroy();
  }

  async #greet(): Promise<void> {
    await this.#read(async (incoming) => {
      const count = (await incoming.read(4)).readUInt32BE();
      await incoming.read(count * IDENTIFIER);
      this.#socket.write(Buffer.concat([Buffer.of(1), identifier(VERSION)]));
      await incoming.read(IDENTIFIER);
    });
  }

  #accept(): void {
    this.#socket.write(u32(OK));
  }

  async #read<Result>(work: (incoming: Incoming) => Promise<Result>): Promise<Result> {
    this.#socket.resume();
    try {
      return await work(this.#incoming);
    } finally {
      this.#socket.pause();
    }
  }
}
