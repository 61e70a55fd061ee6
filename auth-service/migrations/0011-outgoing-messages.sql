CREATE TABLE outgoing_messages (
  id         CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  user_id    CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'null: nobody has the address, and nothing is sent',
  channel    VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sealed     TEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'recipient, subject and text, encrypted: AES-256-GCM, base64',
  attempts   INT UNSIGNED NOT NULL DEFAULT 0,
  claimed_by CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
  due_at     DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT 'by the database''s clock; while it is being sent, the end of the lease',
  expires_at DATETIME(3) NOT NULL COMMENT 'not sent any more, and deleted',
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  KEY outgoing_messages_due (due_at),
  KEY outgoing_messages_claim (claimed_by),
  KEY outgoing_messages_expired (expires_at),
  KEY outgoing_messages_user (user_id)
) ENGINE = InnoDB COMMENT 'one row for each message that has not left yet'
