import { id, text } from '@tradepost/service-kit/fields.ts';
import { cursorParameter, limitParameter, pageOf } from '@tradepost/service-kit/pagination.ts';
import { z } from 'zod';
import { email, newPassword, tokens, user } from '../shapes.ts';
import { roles } from './user-role.model.ts';

const phone = z.string().regex(/^\+?[0-9][0-9 ()-]{3,18}$/);
const role = z.enum(roles);

export const registration = z.strictObject({
  email,
  password: newPassword,
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

export const registered = tokens.extend({ user });
export const userPage = pageOf(user);
export const userFilter = z.strictObject({
  role: role.optional(),
  email: email.optional(),
  limit: limitParameter,
  cursor: cursorParameter(id),
});
