import { id, text, time } from '@tradepost/service-kit/fields.ts';
import { cursorParameter, limitParameter, pageOf } from '@tradepost/service-kit/pagination.ts';
import { z } from 'zod';
import { tokens } from '../shapes.ts';
import { passwordFault } from '../passwords/password-rules.ts';
import { roles } from './user-role.model.ts';

export const email = z.email().max(254).toLowerCase();
const phone = z.string().regex(/^\+?[0-9][0-9 ()-]{3,18}$/);
const role = z.enum(roles);

export const newPassword = z.string().superRefine((password, context) => {
  const fault = passwordFault(password);
  if (fault) context.addIssue(fault);
});

export const registration = z.strictObject({
  email,
  password: newPassword.meta({ description: '10 to 72 bytes of UTF-8, not a common password' }),
  displayName: text(200).optional(),
  phone: phone.optional(),
});

export const userChange = z
  .strictObject({
    displayName: text(200).nullable().exactOptional(),
    phone: phone.nullable().exactOptional(),
  })
  .meta({ description: 'The fields to change' });

export const rolesChange = z.strictObject({ roles: z.array(role).max(roles.length) });

export const user = z
  .object({
    id,
    email: z.string(),
    displayName: z.string().nullable(),
    phone: z.string().nullable(),
    roles: z.array(role),
    emailVerified: z.boolean(),
    version: z.int(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'User' });

export const registered = tokens.extend({ user });
export const userPage = pageOf(user);
export const userFilter = z.strictObject({
  role: role.optional(),
  email: email.optional(),
  limit: limitParameter,
  cursor: cursorParameter(id),
});
