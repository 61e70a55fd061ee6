interface Fault {
  pointer?: string;
  parameter?: string;
}

/** Where the faults of a refused request are, each named once: pointers into its body and names of parameters. */
export function faultsOf({ body }: { body: { errors: Fault[] } }): string[] {
  return [...new Set(body.errors.map(({ pointer, parameter }) => pointer ?? parameter ?? ''))].sort();
}
