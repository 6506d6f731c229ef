/** A client that sends any bytes, and reads what comes until the connection closes. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection without a protocol. */
export class RudeClient {
  readonly socket: Socket;
  #received = 0;
  readonly #closed: Promise<void>;

  private constructor(socket: Socket) {
    this.socket = socket;
    // A reset by the agent is as good as an end.
    socket.on('error', () => undefined);
    socket.on('data', (part: Buffer) => (this.#received += part.byteLength));
    this.#closed = new Promise((resolve) => void socket.once('close', () => resolve()));
  }

  /** Connects. It may be refused: then it closes. */
  static async to(path: string): Promise<RudeClient> {
    const socket = connect({ path, allowHalfOpen: true });
    const client = new RudeClient(socket);
    await Promise.race([once(socket, 'connect').catch(() => undefined), client.#closed]);
    return client;
  }

  /** Bytes that came from the agent. */
  get received(): number {
    return this.#received;
  }

  /** Sends bytes; resolves when the kernel has them, or the connection is closed. */
  async send(bytes: Uint8Array): Promise<void> {
    await new Promise<void>((resolve) => this.socket.write(bytes, () => resolve()));
  }

  /** Ends its own direction. The agent closes the other one, and the connection. */
  async end(): Promise<void> {
    this.socket.end();
    await this.#ended();
  }

  /** Resolves when the agent has closed the connection. */
  async #ended(): Promise<void> {
    if (!this.socket.readableEnded && !this.socket.destroyed) {
      await Promise.race([once(this.socket, 'end').catch(() => undefined), this.#closed]);
    }
    this.socket.destroy();
    await this.#closed;
  }

  /** Waits until the agent closes the connection, and returns how many bytes came. */
  async untilClosed(): Promise<number> {
    await this.#ended();
    return this.#received;
  }
}
