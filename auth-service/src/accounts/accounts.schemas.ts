import { phone } from '@tradepost/postal-address/phone-number.ts';
import { id, text } from '@tradepost/service-kit/fields.ts';
import { cursorParameter, limitParameter, pageOf } from '@tradepost/service-kit/pagination.ts';
import { emailAddress } from '@tradepost/text-formats/email-address.ts';
import { z } from 'zod';
import { newPassword, tokens, user } from '../shapes.ts';
import { roles } from './user-role.model.ts';

const role = z.enum(roles);

export const registration = z.strictObject({
  email: emailAddress,
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
  email: emailAddress.optional(),
  limit: limitParameter,
  cursor: cursorParameter(id),
});
