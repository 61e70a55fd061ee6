import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<string>();

/** The address that the request at work comes from, as Nginx saw it; empty outside of one. */
export function callerAddress(): string {
  return storage.getStore() ?? '';
}

/** Does work on behalf of somebody at an address. */
export function runForCaller(address: string, work: () => void): void {
  storage.run(address, work);
}
