import {
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

export class ProductWords extends Model<
  InferAttributes<ProductWords>,
  InferCreationAttributes<ProductWords>
> {
  declare productId: string;
  declare version: number;
  declare sampleKey: number;
  declare nameText: string;
  declare nameWords: string;
  declare textWords: string;
}

export function defineProductWords(sequelize: Sequelize): void {
  ProductWords.init(
    {
      productId: { type: DataTypes.UUID, primaryKey: true },
      version: DataTypes.INTEGER,
      sampleKey: DataTypes.SMALLINT,
      nameText: DataTypes.STRING,
      nameWords: DataTypes.TEXT,
      textWords: DataTypes.TEXT,
    },
    { sequelize, tableName: 'product_words' },
  );
}
