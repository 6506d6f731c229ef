import { DemoError } from './demo-error.js';
import type { MessageOf, PublicMessage } from './public-message.js';

/** The messages of the second process, in the order that was agreed on. */
export class Conversation {
  readonly #messages: AsyncIterator<PublicMessage>;

  constructor(messages: AsyncIterable<PublicMessage>) {
    this.#messages = messages[Symbol.asyncIterator]();
  }

  /**
   * The next message, which has to be of a kind.
   *
   * @throws {@link DemoError} `HAND_OVER_FAILED` when another comes, or none.
   */
  async next<Kind extends PublicMessage['kind']>(kind: Kind): Promise<MessageOf<Kind>> {
    const result = await this.#messages.next();
    if (result.done === true) {
      const message = 'the second process closed the connection before it was done';
      throw new DemoError('HAND_OVER_FAILED', message);
    }
    const { value } = result;
    if (!isOf(kind, value)) {
      const message = `the second process said "${value.kind}" where "${kind}" was due`;
      throw new DemoError('HAND_OVER_FAILED', message);
    }
    return value;
  }
}

function isOf<Kind extends PublicMessage['kind']>(
  kind: Kind,
  message: PublicMessage,
): message is MessageOf<Kind> {
  return message.kind === kind;
}
