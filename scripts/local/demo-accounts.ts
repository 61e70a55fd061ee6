import type { Registration } from './account-calls.ts';
import type { Secrets } from './secrets.ts';

export interface DemoAccount extends Registration {
  role: 'seller' | 'buyer';
}

const people: [DemoAccount['role'], displayName: string, email: string][] = [
  ['seller', 'Nora Winter Home', 'nora@tradepost.example'],
  ['seller', 'Berger Outfitters', 'tom@tradepost.example'],
  ['buyer', 'Ada Lind', 'ada@tradepost.example'],
  ['buyer', 'Ben Okoro', 'ben@tradepost.example'],
  ['buyer', 'Clara Rossi', 'clara@tradepost.example'],
];

export function demoAccounts(secrets: Secrets): DemoAccount[] {
  return people.map(([role, displayName, email]) => ({
    role,
    displayName,
    email,
    password: secrets.passwordFor(email),
  }));
}
