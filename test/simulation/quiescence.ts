/**
 * Promises of simulated stores and networks settle in an order that follows from the program alone. What real threads
 * do (WebCrypto, the compiler of WebAssembly) ends when it ends: nothing in a simulation goes on before it has.
 */
let pending = 0;

type Asynchronous = (...given: unknown[]) => Promise<unknown>;

function watch(owner: object, name: string): void {
  const work = Reflect.get(owner, name) as Asynchronous;
  const watched = function (this: unknown, ...given: unknown[]): Promise<unknown> {
    pending += 1;
    const over = () => {
      pending -= 1;
    };
    const result = work.apply(this, given);
    result.then(over, over);
    return result;
  };
  Object.defineProperty(owner, name, { value: watched, configurable: true, writable: true });
}

const { WebAssembly } = globalThis as unknown as { WebAssembly: object };
for (const name of ['instantiate', 'compile']) watch(WebAssembly, name);
for (const name of ['importKey', 'exportKey', 'generateKey', 'deriveBits', 'sign', 'encrypt', 'decrypt'])
  watch(Object.getPrototypeOf(crypto.subtle), name);

/** Resolves when nothing happens any more by itself. */
export async function settled(): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while (pending > 0);
}
