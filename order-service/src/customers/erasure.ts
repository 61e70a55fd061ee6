/** Takes the place of each personal text that a column or an answer must have. */
export const erasedText = 'deleted';

/** The least that is an address. The country is not personal, and taxes are counted by it. */
export function erasedAddress(country: string) {
  return { name: erasedText, line1: erasedText, city: erasedText, country };
}

/** Whether an address is what erasure leaves, or was sent like that. */
export function isErased({ name, line1, city }: { name: string; line1: string; city: string }): boolean {
  return [name, line1, city].every((text) => text === erasedText);
}
