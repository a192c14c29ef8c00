const count = { type: ['integer', 'null'] as unknown as 'integer', minimum: 0 };
const day = { type: 'string' as const, format: 'date' };

export const overlapSchema = {
  type: 'object' as const,
  required: ['a', 'b', 'window', 'from', 'to', 'uniquesA', 'uniquesB', 'shared', 'hidden', 'atMost', 'asOf'],
  properties: {
    a: { type: 'string' as const },
    b: { type: 'string' as const },
    window: { type: 'string' as const, enum: ['1d', '7d', '30d'] },
    from: day,
    to: day,
    uniquesA: { ...count, description: 'Null without a sketch that can be read' },
    uniquesB: { ...count, description: 'Null without a sketch that can be read' },
    shared: {
      type: ['object', 'null'] as unknown as 'object',
      description: 'People of both, with the 95 % interval',
      properties: { estimate: count, low: count, high: count },
    },
    hidden: {
      type: ['string', 'null'] as unknown as 'string',
      enum: ['too-few', 'below-detection', null],
      description: 'too-few: not more than 1,000 people on both sides; below-detection: see atMost',
    },
    atMost: { ...count, description: 'Upper end of what may be shared below detection' },
    asOf: { type: 'string' as const, format: 'date-time' },
  },
};
