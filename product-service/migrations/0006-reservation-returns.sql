CREATE TABLE reservation_returns (
  order_id   CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  return_id  CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  items      JSON        NOT NULL,
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (order_id, return_id),
  CONSTRAINT reservation_returns_reservation FOREIGN KEY (order_id) REFERENCES reservations (order_id)
) ENGINE = InnoDB
