export interface DemoProduct {
  name: string;
  description: string;
  price: { amount: number; currency: 'EUR' };
  initialStock: number;
}

/** Things that come in the same makes: each make of each thing is a product. */
interface Range {
  makes: string[];
  /** Name and price in cents of the plainest make. */
  things: [name: string, cents: number][];
  /** Completes the description. */
  remark: string;
}

const homeRanges: Range[] = [
  {
    makes: ['Beech', 'Bamboo', 'Oak', 'Walnut', 'Olive wood'],
    things: [
      ['cutting board', 1900],
      ['salad bowl', 2900],
      ['spoon set', 1200],
      ['serving tray', 2600],
      ['bread box', 4200],
    ],
    remark: 'Oiled by hand; wipe it with a damp cloth and give it a little oil twice a year.',
  },
  {
    makes: ['Cream', 'Sand', 'Slate', 'Sage', 'Cobalt'],
    things: [
      ['stoneware mug', 1100],
      ['dinner plate', 1600],
      ['cereal bowl', 1300],
      ['teapot', 3900],
      ['vase', 2700],
    ],
    remark: 'Thrown and glazed in small batches, so no two look quite the same; fit for the dishwasher.',
  },
  {
    makes: ['Striped', 'Natural', 'Indigo', 'Rust', 'Forest green'],
    things: [
      ['tea towel', 700],
      ['linen apron', 3200],
      ['table runner', 2400],
      ['napkin set', 1800],
      ['cushion cover', 2200],
    ],
    remark: 'Washed before sewing, so it will not shrink; 60 degrees and a warm iron do no harm.',
  },
  {
    makes: ['Plain', 'Lavender', 'Cedar', 'Fig', 'Citrus'],
    things: [
      ['pillar candle', 900],
      ['tealight set', 600],
      ['soap bar', 500],
      ['room spray', 1400],
      ['bath salt', 1000],
    ],
    remark: 'Scented with essential oils only, and packed without plastic.',
  },
];

const outdoorRanges: Range[] = [
  {
    makes: ['Plain', 'Lined', 'Squared', 'Dotted', 'Clothbound'],
    things: [
      ['notebook', 900],
      ['pocket diary', 1300],
      ['writing pad', 700],
      ['sketchbook', 1500],
      ['project planner', 1700],
    ],
    remark: 'Uncoated paper of 100 g per square metre that takes a fountain pen without bleeding.',
  },
  {
    makes: ['Felt', 'Canvas', 'Recycled nylon', 'Waxed cotton', 'Leather'],
    things: [
      ['tote bag', 2400],
      ['rucksack', 6900],
      ['laptop sleeve', 3400],
      ['pencil case', 1400],
      ['wash bag', 2300],
    ],
    remark: 'Double seams and a zip that can be replaced; we repair it for as long as you own it.',
  },
  {
    makes: ['Aluminium', 'Enamel', 'Steel', 'Black steel', 'Titanium'],
    things: [
      ['camping mug', 1200],
      ['water bottle', 1900],
      ['lunch box', 2100],
      ['cooking pot', 3300],
      ['coffee dripper', 2500],
    ],
    remark: 'Made for years on the road: nothing on it can peel, and every lid still fits after a fall.',
  },
  {
    makes: ['Cotton', 'Lambswool', 'Merino', 'Alpaca', 'Cashmere'],
    things: [
      ['beanie', 1900],
      ['scarf', 2900],
      ['socks', 1100],
      ['mittens', 1700],
      ['blanket', 7400],
    ],
    remark: 'Knitted from traceable yarn; wash it cold and let it dry lying down.',
  },
];

// The finer the make, the dearer, and always some cents below the round figure.
function priceInCents(cents: number, make: number): number {
  return Math.round((cents * (1 + make * 0.22)) / 100) * 100 - 10;
}

// Scattered but the same at every start; about one product in twelve is sold out, as in a real shop.
function stockOf(position: number): number {
  const scattered = (position * 7919 + 104_729) % 149;
  return scattered < 12 ? 0 : scattered;
}

function productsOf(ranges: Range[], offset: number): DemoProduct[] {
  const products = ranges.flatMap(({ makes, things, remark }) =>
    things.flatMap(([thing, cents]) =>
      makes.map((make, index) => ({
        name: `${make} ${thing}`,
        description: `${make} ${thing}. ${remark}`,
        price: { amount: priceInCents(cents, index), currency: 'EUR' as const },
      })),
    ),
  );
  return products.map((product, position) => ({ ...product, initialStock: stockOf(offset + position) }));
}

/** What the first and the second demo seller offer: 100 products each. */
export const demoCatalogues: [DemoProduct[], DemoProduct[]] = [
  productsOf(homeRanges, 0),
  productsOf(outdoorRanges, 100),
];
