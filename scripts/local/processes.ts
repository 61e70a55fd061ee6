export type Settings = Record<string, string>;

/** Behind Nginx. */
export const serviceNames = ['auth-service', 'product-service', 'order-service'] as const;
export type ServiceName = (typeof serviceNames)[number];
/** All that is ours: order-worker is order-service without its API. */
export const processNames = [...serviceNames, 'order-worker', 'payment-simulator'] as const;
export type ProcessName = (typeof processNames)[number];

export function byService<T>(make: (service: ServiceName) => T): Record<ServiceName, T> {
  return Object.fromEntries(serviceNames.map((name) => [name, make(name)])) as Record<ServiceName, T>;
}

export function byProcess<T>(make: (name: ProcessName) => T): Record<ProcessName, T> {
  return Object.fromEntries(processNames.map((name) => [name, make(name)])) as Record<ProcessName, T>;
}

export interface ReplicaPorts {
  public: number;
  internal: number;
  ops: number;
}

export type PortsByProcess = Record<ProcessName, ReplicaPorts[]>;

/** A call from one process to a listener of another. */
export interface Link {
  from: ProcessName;
  to: ProcessName;
  port: number;
}
