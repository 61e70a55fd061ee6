import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

export type ReservationStatus = 'held' | 'committed' | 'released';

export class Reservation extends Model<InferAttributes<Reservation>, InferCreationAttributes<Reservation>> {
  declare orderId: string;
  declare buyerId: string | null;
  declare status: ReservationStatus;
  declare reviewAt: Date | null;
  declare createdAt: CreationOptional<Date>;
}

export function defineReservation(sequelize: Sequelize): void {
  Reservation.init(
    {
      orderId: { type: DataTypes.UUID, primaryKey: true },
      buyerId: DataTypes.UUID,
      status: DataTypes.STRING,
      reviewAt: DataTypes.DATE(3),
      createdAt: DataTypes.DATE(3),
    },
    { sequelize, tableName: 'reservations' },
  );
}
