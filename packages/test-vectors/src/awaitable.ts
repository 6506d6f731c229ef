/** A value, now or later. */
export type Awaitable<Value> = Value | Promise<Value>;
