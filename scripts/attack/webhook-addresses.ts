import type { Family } from './declare-attack.ts';

// With https, because http is refused whatever it points to.
const insideAddresses = [
  'https://169.254.169.254/latest/meta-data/',
  'https://localhost/',
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0.0.0.0/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[fd00::1]/',
  'https://[fe80::1]/',
  'https://10.0.0.1/',
  'https://172.16.0.1/',
  'https://192.168.0.1/',
  'https://100.64.0.1/',
  'https://[64:ff9b::7f00:1]/',
  'https://name:secret@127.0.0.1/',
  'http://127.0.0.1/',
  'file:///etc/passwd',
  'gopher://127.0.0.1/',
];

export const webhookAddresses: Family = {
  name: 'addresses that point inside',
  attacks: [
    {
      // A name that rebinds is looked up at each delivery: order-service/test has it, because it needs a name server.
      name: `a webhook to ${insideAddresses.length} addresses of the inside`,
      expected: '400',
      needs: 'POST /webhooks',
      async run({ call, admin }) {
        const taken: string[] = [];
        for (const url of insideAddresses) {
          const { status } = await call({
            method: 'POST',
            path: '/webhooks',
            token: admin.token,
            json: { url },
          });
          if (status !== 400) taken.push(`${url} answers ${status}`);
        }
        return taken.length === 0 ? '400' : taken.join('; ');
      },
    },
  ],
};
