/** The next_at of a delivery at which no worker looks: it has ended, or waits behind another of its key. */
export const never = '9999-12-31 00:00:00.000';
