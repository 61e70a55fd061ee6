import { DataTypes, type Model } from 'sequelize';

/** A JSON column: MySQL gives the value, MariaDB the text. */
export function fromJson<T>(column: unknown): T {
  return (typeof column === 'string' ? JSON.parse(column) : column) as T;
}

/** The attribute of a JSON column, the same value from either server. */
export function jsonColumn(field: string) {
  return {
    type: DataTypes.JSON,
    get(this: Model): unknown {
      return fromJson(this.getDataValue(field as never));
    },
  };
}

/** The attribute of a BIGINT column: a number after create, and by its size a number or text after a read. */
export function bigintColumn(field: string) {
  return {
    type: DataTypes.BIGINT,
    get(this: Model): number | null {
      const value: unknown = this.getDataValue(field as never);
      return value === null ? null : Number(value);
    },
  };
}
