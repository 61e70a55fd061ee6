import { ci, deploy, release, type Fault } from './plant-workflows.ts';

const bot = '.github/dependabot.yml';
const publishNeeds = 'needs: [check, test, manifests, compose, images, cluster]';

/** Faults in when a workflow runs, what waits for what, and what is left out. */
export const orderFaults: Fault[] = [
  {
    part: 'time-limits',
    file: ci,
    from: '    timeout-minutes: 15\n',
    to: '',
    says: ':23  check may run for six',
  },
  {
    part: 'concurrency',
    file: deploy,
    from: 'concurrency:\n  group: deploy-${{ inputs.environment }}\n  cancel-in-progress: false\n',
    to: '',
    says: 'two runs may overtake each other',
  },
  {
    part: 'concurrency',
    file: ci,
    from: "cancel-in-progress: ${{ github.event_name == 'pull_request' }}",
    to: 'cancel-in-progress: false',
    says: 'runs for an outdated pull request go on',
  },
  {
    part: 'concurrency',
    file: ci,
    from: 'group: ci-',
    to: 'group: ${{ github.workflow }}-',
    says: 'which would wait for itself',
  },
  {
    part: 'publish-order',
    file: ci,
    from: publishNeeds,
    to: 'needs: [check, manifests, compose, images]',
    says: 'publish publishes without waiting for test, cluster: add to needs',
  },
  {
    part: 'publish-order',
    file: ci,
    from: 'push: false',
    to: "push: ${{ github.event_name == 'push' }}",
    says: 'images publishes without waiting for check, test, manifests, compose, cluster',
  },
  {
    part: 'publish-order',
    file: ci,
    from: "if: github.event_name == 'push'",
    to: "if: always() && github.event_name == 'push'",
    says: 'publish publishes although a test may have failed',
  },
  {
    part: 'publish-order',
    file: ci,
    from: '  test:\n',
    to: '  test:\n    continue-on-error: true\n',
    says: 'test stops nothing when it fails',
  },
  {
    part: 'publish-order',
    file: release,
    from: '    needs: ci\n',
    to: '',
    says: 'release publishes without waiting for ci',
  },
  {
    part: 'publish-order',
    file: release,
    from: '  release:\n',
    to: '  roll:\n    uses: ./.github/workflows/deploy.yml\n\n  release:\n',
    says: 'roll publishes without waiting for ci',
  },
  {
    part: 'publish-order',
    file: deploy,
    from: 'workflow_dispatch:',
    to: 'push:\n  workflow_dispatch:',
    says: 'deploy publishes what no job has tested: call ci.yml first',
  },
  {
    part: 'publish-order',
    file: deploy,
    from: '    timeout-minutes: 30\n',
    to: '    timeout-minutes: 30\n    permissions:\n      packages: write\n',
    says: 'deploy publishes what no job has tested',
  },
  {
    part: 'matrix-coverage',
    file: 'messaging-service/test/send.test.ts',
    to: '',
    says: 'test leaves out messaging-service: add it to the matrix',
  },
  { part: 'matrix-coverage', file: 'worker/Dockerfile', to: '', says: 'publish leaves out worker' },
  { part: 'dependabot', file: 'worker/Dockerfile', to: '', says: 'nobody renews docker in /worker: add it' },
  {
    part: 'dependabot',
    file: bot,
    from: 'package-ecosystem: npm',
    to: 'package-ecosystem: pip',
    says: 'npm in /',
  },
  {
    part: 'dependabot',
    file: bot,
    from: 'interval: weekly',
    to: 'interval: daily',
    says: 'npm is not renewed',
  },
  {
    part: 'dependabot',
    file: bot,
    from: "    groups:\n      actions:\n        patterns: ['*']\n",
    to: '',
    says: 'github-actions makes a pull request for each',
  },
];
