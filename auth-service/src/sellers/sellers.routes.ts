import type { Database } from '@tradepost/service-kit/database.ts';
import { idParameter } from '@tradepost/service-kit/fields.ts';
import { notFound } from '@tradepost/service-kit/problem.ts';
import { type Route, route } from '@tradepost/service-kit/route.ts';
import { readAs } from '../callers/callers.queries.ts';
import { changeSellerProfile } from './change-seller-profile.ts';
import { createSellerProfile } from './create-seller-profile.ts';
import type { SellerProfile } from './seller-profile.model.ts';
import { notVerified, sellerProfileExists } from './sellers.errors.ts';
import { readProfile, viewProfile, viewSeller } from './sellers.queries.ts';
import { newProfile, profileChange, seller, sellerProfile } from './sellers.schemas.ts';

interface Dependencies {
  database: Database;
}

const own = { path: '/users/me/seller-profile', access: 'user' } as const;
const shown = (profile: SellerProfile) => ({ body: viewProfile(profile), version: profile.version });

const createProfileRoute = (dependencies: Dependencies) =>
  route({
    ...own,
    method: 'post',
    summary: 'Become a seller',
    body: newProfile,
    answers: { 201: sellerProfile },
    problems: [notVerified, sellerProfileExists],
    handle: async ({ caller, body }) => {
      const profile = await createSellerProfile(dependencies, { caller, ...body });
      return { status: 201, headers: { Location: `/api/v1${own.path}` }, ...shown(profile) };
    },
  });

const readProfileRoute = () =>
  route({
    ...own,
    method: 'get',
    summary: 'Your seller profile',
    answers: { 200: sellerProfile, 304: null },
    problems: [notFound],
    handle: async ({ caller }) => ({
      status: 200,
      ...shown(await readAs(caller, () => readProfile(caller.id))),
    }),
  });

const changeProfileRoute = (dependencies: Dependencies) =>
  route({
    ...own,
    method: 'patch',
    summary: 'Change your seller profile',
    versioned: true,
    body: profileChange,
    answers: { 200: sellerProfile },
    problems: [notFound],
    handle: async ({ caller, ifMatch, body }) => ({
      status: 200,
      ...shown(await changeSellerProfile(dependencies, { caller, ifMatch, changes: body })),
    }),
  });

const readSellerRoute = () =>
  route({
    method: 'get',
    path: '/sellers/{id}',
    summary: 'A seller, as everybody sees them',
    access: 'anyone',
    params: idParameter,
    answers: { 200: seller },
    problems: [notFound],
    handle: async ({ params }) => ({ status: 200, body: viewSeller(await readProfile(params.id)) }),
  });

export function sellerRoutes(dependencies: Dependencies): Route[] {
  return [createProfileRoute, readProfileRoute, changeProfileRoute, readSellerRoute].map((declare) =>
    declare(dependencies),
  );
}
