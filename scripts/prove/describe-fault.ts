import type { LinkFault } from './fault-proxy.ts';
import type { Fault, WrongClock } from './plan-faults.ts';

const seconds = (ms: number): string => `${ms / 1_000} s`;

function describeLinkFault(fault: LinkFault): string {
  switch (fault.way) {
    case 'delay':
      return `delayed by ${fault.ms} ms`;
    case 'drop':
      return 'connections dropped';
    case 'swallow':
      return 'answers swallowed';
    case 'repeat':
      return `requests repeated within ${seconds(fault.withinMs)}`;
  }
}

export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
      return `kill -9 of ${fault.of} ${fault.numbers.join(' and ')}`;
    case 'freeze':
      return `SIGSTOP of ${fault.of} ${fault.number}`;
    case 'reload':
      return 'reload of nginx';
    case 'link':
      return `${fault.from} to ${fault.to}: ${describeLinkFault(fault.fault)}`;
    case 'provider':
      return `provider: ${fault.delayMs} ms late, ${fault.failRate * 100} % refused, ${fault.loseRate * 100} % of answers lost`;
  }
}

/** The row of the report in which a fault is drawn. */
export function laneOf(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
    case 'freeze':
      return fault.of;
    case 'reload':
      return 'nginx';
    case 'link':
      return `to ${fault.to}`;
    case 'provider':
      return 'provider faults';
  }
}

export function describeClock({ of, number, offsetMs }: WrongClock): string {
  return `the clock of ${of} ${number} is ${Math.abs(offsetMs) / 60_000} minutes ${offsetMs > 0 ? 'fast' : 'slow'}`;
}
