interface DoorSettings {
  trustedProxies?: string[];
  corsOrigins?: string[];
  publicHosts?: string[];
}

/** The characters of each: none could end its place in the configuration of Nginx. */
const letters = {
  TRUSTED_PROXIES: /^[A-Fa-f0-9.:/]+$/,
  CORS_ORIGINS: /^https?:\/\/[a-z0-9.:[\]-]+$/,
  PUBLIC_HOSTS: /^([a-z0-9.-]+|\[[0-9a-f:]+\])$/,
};
export type Lists = Record<keyof typeof letters, string[]>;

/** The lists by the names of their settings, each entry once. */
export const listsOf = ({
  trustedProxies = [],
  corsOrigins = [],
  publicHosts = [],
}: DoorSettings): Lists => ({
  TRUSTED_PROXIES: [...new Set(trustedProxies)],
  CORS_ORIGINS: [...new Set(corsOrigins)],
  PUBLIC_HOSTS: [...new Set(publicHosts)],
});

/** The lists of the door that hold something Nginx cannot be given. */
export function faultsOfDoor(settings: DoorSettings): string[] {
  const lists = Object.entries(listsOf(settings)) as [keyof Lists, string[]][];
  return lists.flatMap(([name, values]) => {
    const bad = values.find((value) => !letters[name].test(value));
    return bad === undefined ? [] : [`${name}: holds ${bad}; write them as docs/operations.md shows`];
  });
}
