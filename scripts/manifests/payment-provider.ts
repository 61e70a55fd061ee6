import { nameOf, ofKind, type Rendering } from './objects.ts';
import { ownImage, type Project } from './project.ts';
import { faultIn, faultsIn, type Fault } from './rule.ts';
import { settingsOf } from './settings-of.ts';
import { containersOf, mainContainersOf, workloadsOf, type Workload } from './workloads.ts';

const SIMULATOR = 'payment-simulator';
const SIMULATED = /^http:[/][/]payment-simulator:/;
/** Names in a cluster have no dot. */
const REAL = /^https:[/][/][^/:]+[.]/;
/** Whoever charges; they must ask one and the same provider. */
const CALLERS = ['order-service', 'order-worker'];

/** A local cluster simulates the payment provider. Production has a real one, and no money is taken in clear. */
export function paymentProvider(rendering: Rendering, project: Project): Fault[] {
  const workloads = workloadsOf(rendering);
  return [
    ...workloads
      .filter(({ name }) => CALLERS.includes(name))
      .flatMap((caller) => providerFaults(caller, rendering)),
    ...workloads
      .filter((workload) => rendering.place === 'production' && runsSimulator(workload, project))
      .map(({ object }) =>
        faultIn(object, `production has a real provider: leave the component ${SIMULATOR} out`),
      ),
  ];
}

function runsSimulator(workload: Workload, project: Project): boolean {
  return containersOf(workload).some(({ container }) => ownImage(project, container.image) === SIMULATOR);
}

function providerFaults(caller: Workload, rendering: Rendering): Fault[] {
  const isLocal = rendering.place === 'local';
  const isThere = ofKind(rendering, 'Service').some((service) => nameOf(service) === SIMULATOR);
  return mainContainersOf(caller).flatMap(({ container, called }) => {
    const settings = settingsOf(container, rendering);
    const address = settings.find(({ name }) => name === 'PAYMENT_PROVIDER_URL')?.value ?? '';
    const looksFor = `${called} looks for the payment provider at "${address}"`;
    return faultsIn(caller.object, [
      [isLocal && !(isThere && SIMULATED.test(address)), `${looksFor}: it is the Service ${SIMULATOR}`],
      [!isLocal && !REAL.test(address), `${looksFor}: name the real one in PAYMENT_PROVIDER_URL, with https`],
    ]);
  });
}
