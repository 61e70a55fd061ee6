import { freePorts } from '../local/free-port.ts';
import type { Link, ProcessName } from '../local/processes.ts';
import { FaultProxy } from './fault-proxy.ts';

/** More than there are calls between processes; a port costs nothing. */
const spares = 64;

interface ProxiedLink extends Link {
  proxy: FaultProxy;
  listenPort: number;
}

/** A fault proxy in each way from one kind of process to a listener of another. */
export class LinkProxies {
  readonly #ports: number[];
  readonly #links: ProxiedLink[] = [];

  private constructor(ports: number[]) {
    this.#ports = ports;
  }

  static async open(): Promise<LinkProxies> {
    return new LinkProxies(await freePorts(spares));
  }

  /** The port to call instead of the listener's own; both replicas of a caller share it. */
  throughPort = (link: Link): number => {
    const isSame = ({ from, port }: Link): boolean => from === link.from && port === link.port;
    const known = this.#links.find(isSame);
    if (known) return known.listenPort;
    const listenPort = this.#ports.pop();
    if (listenPort === undefined) throw new Error(`There are more than ${spares} links between processes.`);
    this.#links.push({ ...link, listenPort, proxy: new FaultProxy(listenPort, link.port) });
    return listenPort;
  };

  between(from: ProcessName, to: ProcessName): FaultProxy[] {
    return this.#links.filter((link) => link.from === from && link.to === to).map(({ proxy }) => proxy);
  }

  get #all(): FaultProxy[] {
    return this.#links.map(({ proxy }) => proxy);
  }

  /** Requests that are still to come a second time. */
  get pendingRepeats(): number {
    return this.#all.reduce((sum, { pendingRepeats }) => sum + pendingRepeats, 0);
  }

  get repeated(): number {
    return this.#all.reduce((sum, { repeated }) => sum + repeated, 0);
  }

  heal(): void {
    this.#all.forEach((proxy) => proxy.heal());
  }

  close(): void {
    this.#all.forEach((proxy) => proxy.close());
  }
}
